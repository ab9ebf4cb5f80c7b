#!/bin/sh
# Makes the certificates that `authority.pem` signed; valid for a hundred years, keys without worth.
# Run it in this folder when another is needed: all five are made anew. The authority's key is thrown away.
set -eu
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
signed() { # NAME SUBJECT EXTENSIONS
    key "$1.key"
    openssl req -new -key "$1.key" -subj "/CN=$2" -out "$1.csr"
    printf '%s\n' "$3" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -set_serial "$4" \
        -days 36500 -extfile "$1.ext" -out "$1.crt"
}
key authority.key
openssl req -x509 -new -key authority.key -subj "/CN=An authority of the tests" -days 36500 \
    -addext "keyUsage=critical,keyCertSign,cRLSign" -out authority.pem
signed served localhost "subjectAltName=DNS:localhost,DNS:api.test,IP:127.0.0.1
extendedKeyUsage=serverAuth" 2
signed client somebody "extendedKeyUsage=clientAuth" 3
cat served.crt served.key > served.pem
cat client.crt client.key > client.pem
cp client.crt client-alone.pem
openssl ec -in client.key -aes256 -passout pass:passphrase -out client-key.pem
rm -f -- *.key *.csr *.crt *.ext
