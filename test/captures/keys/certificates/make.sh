#!/bin/sh
# Makes the certificates of this folder (but lab-*, which come from the lab) with OpenSSL 3. Keys are thrown away.
set -e
cd "$(dirname "$0")"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
made() { # name, then arguments of openssl req
  name=$1
  shift
  openssl req -x509 -nodes -keyout "$T/k" -out "$name.pem" -days 3650 "$@" 2>/dev/null
}
made rsa-pss-sha256 -newkey rsa:2048 -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -subj "/O=Example/CN=pss.example"
made rsa-pss-sha1 -newkey rsa:1024 -sha1 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20 -subj "/CN=old pss"
made rsa-pss-sha384-mgf-sha256 -newkey rsa:2048 -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_mgf1_md:sha256 -sigopt rsa_pss_saltlen:48 -subj "/CN=mixed pss"
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out "$T/psskey" 2>/dev/null
openssl req -x509 -key "$T/psskey" -out rsa-pss-key.pem -days 3650 -subj "/CN=pss key"
made ec-p384-all-names -newkey ec -pkeyopt ec_paramgen_curve:P-384 -sha384 -subj "/C=DE/ST=Bayern/L=München/O=Example GmbH/OU=Voice/CN=sip.example.com" -utf8 \
  -addext "subjectAltName=DNS:sip.example.com,DNS:*.example.net,IP:192.0.2.5,IP:2001:db8::5,URI:sip:example.org,email:voice@example.com,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:user@example" \
  -addext "keyUsage=critical,digitalSignature,keyAgreement" -addext "extendedKeyUsage=serverAuth,clientAuth,1.3.6.1.5.5.7.3.20,1.2.3.4" \
  -addext "basicConstraints=critical,CA:FALSE" -addext "authorityInfoAccess=caIssuers;URI:http://ca.example/ca.crt,OCSP;URI:http://ocsp.example" \
  -addext "crlDistributionPoints=URI:http://ca.example/a.crl" -addext "1.2.3.4.5=critical,DER:0500"
made ca-path-length -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj "/CN=CA with a path length" -addext "basicConstraints=critical,CA:TRUE,pathlen:3" -addext "keyUsage=keyCertSign,cRLSign"
openssl genpkey -algorithm ED25519 -out "$T/ed"
openssl req -x509 -key "$T/ed" -out ed25519.pem -days 3650 -subj "/CN=ed"
openssl genpkey -algorithm ED448 -out "$T/ed4"
openssl req -x509 -key "$T/ed4" -out ed448.pem -days 3650 -subj "/CN=ed448"
made brainpool -newkey ec -pkeyopt ec_paramgen_curve:brainpoolP256r1 -subj "/CN=brainpool"
made explicit-curve -newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -subj "/CN=explicit"
openssl dsaparam -out "$T/dp" 1024 2>/dev/null
made dsa -newkey "dsa:$T/dp" -sha256 -subj "/CN=dsa"
made odd-name -newkey rsa:1024 -multivalue-rdn -utf8 -subj '/C=US/O=Semi;colon, "quoted" <less>/OU=back\\slash+UID=u\+1/CN= leading #and trailing /emailAddress=a@b.example'
printf '[req]\ndistinguished_name=d\nstring_mask=MASK:0x800\nprompt=no\n[d]\nCN=bmp Größe\n' > "$T/c"
openssl req -x509 -config "$T/c" -utf8 -newkey rsa:1024 -nodes -keyout "$T/k" -out bmp-name.pem -days 3650 2>/dev/null
openssl req -x509 -newkey rsa:1024 -nodes -keyout "$T/k" -out until-2055.pem -days 11000 -subj "/CN=long" 2>/dev/null
openssl req -new -newkey rsa:1024 -nodes -keyout "$T/k" -out "$T/r" -subj "/CN=version one" 2>/dev/null
openssl x509 -req -in "$T/r" -signkey "$T/k" -out version1.pem -days 3650 -set_serial 0x00ff 2>/dev/null
openssl req -new -newkey rsa:2048 -nodes -keyout "$T/k" -out request.csr.pem -subj "/CN=new.example" -addext "subjectAltName=DNS:new.example,IP:192.0.2.9" 2>/dev/null
openssl req -x509 -newkey rsa:512 -nodes -keyout "$T/k" -out rsa-512.pem -days 3650 -subj "/" -set_serial 1 2>/dev/null

# What OpenSSL itself says of each, for the tests to compare with.
openssl_says() {
  for file in *.pem; do
    case $file in request*) continue ;; esac
    echo "== $file"
    openssl x509 -in "$file" -noout -nameopt RFC2253,-esc_msb,-esc_ctrl,utf8 -subject -issuer -serial -fingerprint -sha256 -dateopt iso_8601 -dates
    openssl x509 -in "$file" -noout -pubkey | openssl pkey -pubin -outform DER 2>/dev/null | openssl dgst -sha256 -r
    openssl x509 -in "$file" -noout -text -certopt no_pubkey,no_sigdump,no_subject,no_issuer,no_validity,no_serial,no_version
    openssl x509 -in "$file" -noout -text | grep -m1 "Public-Key"
  done
}
openssl_says > openssl-says.txt 2>/dev/null
