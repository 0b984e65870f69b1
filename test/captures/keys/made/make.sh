#!/bin/sh
# Makes the key files of this folder: one RSA key (and one EC key) in what OpenSSL 3, OpenSSH, GnuTLS and Java 17 write.
# Needs openssl, ssh-keygen, certtool and keytool. The password is "lab-secret" unless the file's name says otherwise.
set -e
cd "$(dirname "$0")"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
P=lab-secret
LEGACY="-provider legacy -provider default"

openssl genrsa -traditional -out rsa.pem 1024
openssl req -x509 -key rsa.pem -days 3650 -subj "/CN=made.example" -out "$T/crt"
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
openssl req -x509 -key ec.pem -days 3650 -subj "/CN=ec.example" -out "$T/eccrt"
openssl pkcs8 -topk8 -nocrypt -in rsa.pem -outform DER -out "$T/p8"

# PEM encrypted as a whole
for c in des des3 aes128 aes192 aes256 camellia128 camellia192 camellia256 aria128 aria192 aria256 seed; do
  openssl rsa $LEGACY -in rsa.pem -traditional -$c -passout pass:$P -out pem-$c.pem
done
openssl ec -in ec.pem -aes256 -passout pass:$P -out pem-ec-aes256.pem
for c in rc2-cbc rc2-64-cbc rc2-40-cbc bf-cbc cast5-cbc; do
  openssl rsa $LEGACY -in rsa.pem -traditional -$c -passout pass:$P -out pem-$c.pem || rm -f pem-$c.pem
done

# PKCS#8, PBES1 and PKCS#12's schemes
for s in PBE-MD5-DES PBE-SHA1-DES PBE-MD5-RC2-64 PBE-SHA1-RC2-64 PBE-SHA1-RC4-128 PBE-SHA1-RC4-40 PBE-SHA1-3DES PBE-SHA1-2DES PBE-SHA1-RC2-128 PBE-SHA1-RC2-40; do
  openssl pkcs8 $LEGACY -topk8 -in rsa.pem -v1 $s -passout pass:$P -out pkcs8-$s.pem
done

# PKCS#8, PBES2
for f in hmacWithSHA1 hmacWithSHA224 hmacWithSHA256 hmacWithSHA384 hmacWithSHA512 hmacWithSHA512-224 hmacWithSHA512-256 hmacWithMD5; do
  openssl pkcs8 -topk8 -in rsa.pem -v2 aes-128-cbc -v2prf $f -passout pass:$P -out pkcs8-$f.pem || rm -f pkcs8-$f.pem
done
for c in des-cbc des-ede3-cbc rc2-cbc rc2-40-cbc rc2-64-cbc aes-192-cbc camellia-128-cbc camellia-256-cbc aria-128-cbc aria-256-cbc seed-cbc sm4-cbc; do
  openssl pkcs8 $LEGACY -topk8 -in rsa.pem -v2 $c -passout pass:$P -out pkcs8-v2-$c.pem || rm -f pkcs8-v2-$c.pem
done
openssl pkcs8 -topk8 -in rsa.pem -scrypt -scrypt_N 1024 -scrypt_r 4 -scrypt_p 2 -passout pass:$P -out pkcs8-scrypt-small.pem
openssl pkcs8 -topk8 -in ec.pem -passout pass:$P -outform DER -out pkcs8-ec.der
openssl pkcs8 -topk8 -in rsa.pem -v2 aes-256-cbc -iter 300000 -passout pass:$P -out pkcs8-300000-rounds.pem

# PKCS#12
pfx() { # name, then arguments
  name=$1
  shift
  openssl pkcs12 $LEGACY -export -inkey rsa.pem -in "$T/crt" -out "$name.pfx" "$@"
}
for s in PBE-SHA1-RC4-128 PBE-SHA1-RC4-40 PBE-SHA1-3DES PBE-SHA1-2DES PBE-SHA1-RC2-128 PBE-SHA1-RC2-40 camellia-256-cbc des-cbc; do
  pfx pfx-$s -keypbe $s -certpbe $s -macalg sha1 -passout pass:$P || rm -f pfx-$s.pfx
done
for m in md5 sha1 sha224 sha384; do pfx pfx-mac-$m -macalg $m -passout pass:$P; done
pfx pfx-empty-password -passout pass:
pfx pfx-empty-password-legacy -legacy -passout pass:
pfx pfx-no-mac -nomac -passout pass:$P
pfx pfx-key-in-clear -keypbe NONE -certpbe NONE -passout pass:$P
pfx pfx-one-iteration -iter 1 -passout pass:$P
pfx pfx-named -name "sip größe" -CSP "Microsoft Enhanced Cryptographic Provider v1.0" -passout pass:$P
pfx pfx-umlaut-legacy -legacy -passout pass:pässwörd
openssl pkcs12 -export -inkey ec.pem -in "$T/eccrt" -out pfx-ec.pfx -passout pass:$P
certtool --to-p12 --load-privkey rsa.pem --load-certificate "$T/crt" --p12-name n --password $P --outder --outfile pfx-gnutls.pfx 2>/dev/null
certtool --to-p12 --load-privkey rsa.pem --load-certificate "$T/crt" --p12-name n --empty-password --outder --outfile pfx-gnutls-empty-password.pfx 2>/dev/null
certtool --to-p12 --load-privkey rsa.pem --load-certificate "$T/crt" --p12-name n --null-password --outder --outfile pfx-gnutls-null-password.pfx 2>/dev/null

# Java
pfx "$T/java" -name one -passout pass:$P
for t in JKS JCEKS PKCS12; do
  keytool -importkeystore -srckeystore "$T/java.pfx" -srcstorepass $P -destkeystore java-$t.store -deststoretype $t -deststorepass $P -noprompt 2>/dev/null
done
keytool -importcert -noprompt -alias only -file "$T/crt" -keystore java-no-key.store -storetype JKS -storepass $P 2>/dev/null

# OpenSSH
for k in rsa ec; do
  cp $k.pem "$T/s" && chmod 600 "$T/s"
  ssh-keygen -q -p -N $P -f "$T/s" -a 4 && cp "$T/s" openssh-$k-encrypted.key
done
for c in aes128-cbc aes256-cbc aes192-ctr aes256-gcm@openssh.com chacha20-poly1305@openssh.com 3des-cbc; do
  cp rsa.pem "$T/s" && chmod 600 "$T/s"
  ssh-keygen -q -p -N $P -f "$T/s" -a 2 -Z $c && cp "$T/s" "openssh-${c%%@*}.key"
done
ssh-keygen -q -t ed25519 -N "" -C "" -f "$T/e" && cp "$T/e" openssh-ed25519.key && cp "$T/e.pub" openssh-ed25519.pub

# Other things
openssl rsa -in rsa.pem -pubout -outform DER -out public.der
openssl rsa -in rsa.pem -RSAPublicKey_out -out pkcs1-public.pem
openssl genpkey -algorithm X25519 -out x25519.pem
openssl genpkey -algorithm ED448 -out ed448.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024 -out rsa-pss.pem 2>/dev/null
openssl dsaparam -genkey -noout -out dsa.pem 1024 2>/dev/null
openssl dhparam -out dh-parameters.pem -dsaparam 512 2>/dev/null
openssl crl2pkcs7 -nocrl -certfile "$T/crt" -outform DER -out certificates.p7b
cat "$T/crt" rsa.pem "$T/eccrt" > bundle.pem
