// SPDX-License-Identifier: GPL-3.0-or-later
// oidc-provider as a hospital's identity server, and beside it, on the same port under /fhir, a FHIR server of
// three resources that answers only those whose access token the provider knows. Prints its address when ready;
// ends when its standard input is closed.
import http from "node:http";
import Provider from "oidc-provider";

const ACCESS_S = Number(process.argv[2] ?? 3);
const SCOPES = ["user/Observation.rs", "user/Patient.rs", "user/Encounter.rs", "user/Location.rs"];

const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: "ward-app", application_type: "native", token_endpoint_auth_method: "none",
    redirect_uris: ["http://127.0.0.1/callback"], grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  }],
  scopes: ["openid", "offline_access", "fhirUser", ...SCOPES],
  claims: { openid: ["sub"], fhirUser: ["fhirUser", "name"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true, methods: ["S256"] },
  rotateRefreshToken: true,
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed("refresh_token"),
  extraParams: ["aud"],
  features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  ttl: { AccessToken: ACCESS_S, RefreshToken: 3600, IdToken: 600, AuthorizationCode: 60, Grant: 3600,
         Session: 3600, Interaction: 600 },
  cookies: { keys: ["only for this test"] },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, fhirUser: `${issuer}/fhir/Practitioner/${id}`, name: "Dr Demo" }),
  }),
});
const counts = { authorized: 0, refused: 0, aud: null };
provider.on("authorization.success", (ctx) => { counts.aud = ctx.oidc.params.aud ?? null; });
const oidc = provider.callback();

const now = () => new Date(Date.now() - 60000).toISOString();
const bundle = (...resources) => ({
  resourceType: "Bundle", type: "searchset", entry: resources.map((resource) => ({ resource })),
});
const patient = { resourceType: "Patient", id: "p1", name: [{ family: "Demo", given: ["Ada"] }] };
const encounter = {
  resourceType: "Encounter", id: "e1", status: "in-progress", subject: { reference: "Patient/p1" },
  class: { code: "IMP" },
};
const observation = () => ({
  resourceType: "Observation", id: "o1", status: "final", subject: { reference: "Patient/p1" },
  meta: { lastUpdated: now(), versionId: "1" }, effectiveDateTime: now(),
  category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category",
                          code: "vital-signs" }] }],
  code: { coding: [{ system: "http://loinc.org", code: "8867-4" }] },
  valueQuantity: { value: 71, system: "http://unitsofmeasure.org", code: "/min" },
});

function send(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/fhir+json" });
  response.end(JSON.stringify(body));
}

async function fhir(request, response, path) {
  if (path === "/.well-known/smart-configuration")
    return send(response, 200, {
      issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/token/revocation`, code_challenge_methods_supported: ["S256"],
      capabilities: ["launch-standalone", "client-public", "sso-openid-connect", "permission-v2",
                     "permission-offline", "permission-user"],
      authorization_response_iss_parameter_supported: true,
    });
  if (path === "/metadata")
    return send(response, 200, {
      resourceType: "CapabilityStatement", fhirVersion: "4.0.1", status: "active", kind: "instance",
      software: { name: "Peer" },
      rest: [{ mode: "server", resource: [{ type: "Observation", searchParam: [{ name: "_lastUpdated" }] }] }],
    });
  const [, bearer] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
  const token = bearer ? await provider.AccessToken.find(bearer) : undefined;
  const scope = token?.scope ?? "";
  if (!token || token.isExpired) {
    counts.refused += 1;
    return send(response, 401, { resourceType: "OperationOutcome", issue: [] });
  }
  if (!scope.includes("user/Observation.rs"))
    return send(response, 403, { resourceType: "OperationOutcome", issue: [] });
  counts.authorized += 1;
  if (path.startsWith("/Encounter")) return send(response, 200, bundle(encounter, patient));
  if (path.startsWith("/Patient")) return send(response, 200, bundle(patient));
  if (path.startsWith("/Observation")) return send(response, 200, bundle(observation()));
  return send(response, 404, { resourceType: "OperationOutcome", issue: [] });
}

server.on("request", (request, response) => {
  const path = new URL(request.url, issuer).pathname;
  if (path === "/counts") return send(response, 200, counts);
  if (path.startsWith("/fhir")) return void fhir(request, response, path.slice(5));
  return oidc(request, response);
});
console.log(issuer);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
