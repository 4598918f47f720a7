#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a hospital's authority and every certificate that the tests need, good and bad, in FOLDER. Nothing of it is
# kept: the keys live as long as the test. Needs the openssl program.
#
# usage: certificates.sh FOLDER

set -eu
mkdir -p "$1"
cd "$1"
umask 077

quietly () { "$@" >log 2>&1 || { cat log >&2; exit 1; }; }
key () { quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
authority () {
  key "$1"
  quietly openssl req -x509 -key "$1.key" -out "$1.pem" -subj "/CN=$2" -days 2 \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}
# sign NAME KEY AUTHORITY SUBJECT EXTENSIONS [more of x509]
sign () {
  name=$1 by=$3 extensions=$5
  quietly openssl req -new -key "$2.key" -out request -subj "$4"
  shift 5
  printf '%b' "$extensions" >extensions
  quietly openssl x509 -req -in request -CA "$by.pem" -CAkey "$by.key" -CAcreateserial -days 2 \
    -extfile extensions -out "$name.pem" "$@"
}
# dated NAME START END: the server's certificate with a validity of its own
dated () {
  quietly openssl req -new -key server.key -out request -subj /CN=127.0.0.1
  : >index
  quietly openssl ca -batch -config ca.conf -in request -out "$1.pem" -startdate "$2" -enddate "$3" -notext
}
pin () { openssl pkey -in "$1.key" -pubout -outform DER | openssl dgst -sha256 -binary | openssl base64 -A >"$1.pin"; }

HERE='subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n'

cat >ca.conf <<'END'
[ca]
default_ca = here
[here]
database = index
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = IP:127.0.0.1,DNS:localhost
END

authority authority "Twinward test authority"
authority stranger "Another authority"
key server
key next
key client
quietly openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.key
sign server server authority /CN=127.0.0.1 "$HERE"
sign next next authority /CN=127.0.0.1 "$HERE"
sign foreign server stranger /CN=127.0.0.1 "$HERE"
sign elsewhere server authority /CN=ward.example 'subjectAltName=DNS:ward.example\n'
sign short short authority /CN=127.0.0.1 "$HERE"
sign sha1 server authority /CN=127.0.0.1 "$HERE" -sha1
quietly openssl req -x509 -key server.key -out alone.pem -subj /CN=127.0.0.1 -days 2 \
  -addext subjectAltName=IP:127.0.0.1
dated expired 20200101000000Z 20210101000000Z
dated early 20990101000000Z 20990201000000Z
sign client client authority "/CN=Ward 3B workstation" 'extendedKeyUsage=clientAuth\n'
sign intruder client stranger "/CN=Ward 3B workstation" 'extendedKeyUsage=clientAuth\n'
quietly openssl pkey -in client.key -aes256 -passout pass:secret -out locked.key
pin server
pin next
rm -f request extensions log index index.* [0-9A-F]*.pem
