#!/bin/sh
# Makes pair-*.pcap: to each server one client that gets through (conversation 0), then one that does not (1), of which
# one thing was changed. Needs openssl, gnutls-cli, tcpdump, and leave to make a network of its own:
#   unshare -n sh make-pairs.sh FOLDER
# pair-expired.pcap is made with server1 and expired of ../keys, whose authority is ca.
set -u
ip link set lo up
keys=$(cd "$(dirname "$0")/../keys" && pwd)
cd "$1"

authority() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.crt" -subj "/CN=$2" -days 3650 2>/dev/null; }
signed() {
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
  printf 'subjectAltName=DNS:%s\n' "$2" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -days 365 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
}
authority ca1 'Trial CA one'
authority ca2 'Trial CA two'
signed srv pbx.example ca1
signed phone1 phone-one ca1
signed phone2 phone-two ca2

running=
serve() {
  port=$1; shift
  (sleep 20) | openssl s_server -accept "127.0.0.1:$port" -key srv.key -cert srv.crt "$@" >/dev/null 2>&1 &
  running="$running $!"
}
record() { tcpdump -i lo -s 0 -U -w "pair-$1.pcap" "tcp portrange $2" 2>/dev/null & running="$running $!"; sleep 0.8; }
client() { (sleep 0.3; printf 'OPTIONS sip:x SIP/2.0\r\n\r\n'; sleep 0.3) | timeout 4 "$@" >/dev/null 2>&1; sleep 0.2; }
s_client() { port=$1; shift; client openssl s_client -connect "127.0.0.1:$port" -servername pbx.example "$@"; }
gnutls() { port=$1; shift; client gnutls-cli --no-ca-verification -p "$port" --sni-hostname=pbx.example "$@" 127.0.0.1; }

serve 6001 -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384; record ciphers 6001
s_client 6001 -tls1_2; s_client 6001 -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA
serve 6002 -tls1_3; record version 6002
s_client 6002; s_client 6002 -no_tls1_3
serve 6003 -tls1_2 -servername pbx.example -servername_fatal -cert2 srv.crt -key2 srv.key; record sni 6003
s_client 6003 -tls1_2; client openssl s_client -connect 127.0.0.1:6003 -servername other.example -tls1_2
serve 6004 -tls1_2 -CAfile ca1.crt -Verify 2 -verify_return_error; record clientca 6004
s_client 6004 -tls1_2 -cert phone1.crt -key phone1.key; s_client 6004 -tls1_2 -cert phone2.crt -key phone2.key
serve 6005 -tls1_2; record sigalgs 6005
s_client 6005 -tls1_2; s_client 6005 -tls1_2 -sigalgs ECDSA+SHA256
serve 6006 -tls1_3 -groups P-384; record group 6006
s_client 6006; s_client 6006 -groups X25519
serve 6007 -tls1_2 -alpn sip; record alpn 6007
s_client 6007 -tls1_2 -alpn sip; s_client 6007 -tls1_2 -alpn h2
serve 6010 -tls1_2 -cipher ECDHE+AESGCM; record gnutls 6010
gnutls 6010; gnutls 6010 --priority NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-CBC:+AES-128-CBC

# The server shows another certificate to whom names nobody.
signed other other.example ca1
(sleep 20) | openssl s_server -accept 127.0.0.1:6011 -tls1_2 -key other.key -cert other.crt -servername pbx.example -key2 srv.key -cert2 srv.crt >/dev/null 2>&1 &
running="$running $!"
record nosni 6011
s_client 6011 -CAfile ca1.crt -verify_return_error -verify_hostname pbx.example
client openssl s_client -connect 127.0.0.1:6011 -noservername -CAfile ca1.crt -verify_return_error -verify_hostname pbx.example
serve 6012 -tls1_3 -CAfile ca1.crt -Verify 2 -verify_return_error; record nocert13 6012
s_client 6012 -cert phone1.crt -key phone1.key; s_client 6012

for server in '6008 server1' '6009 expired'; do
  name=${server#* }
  (sleep 20) | openssl s_server -accept "127.0.0.1:${server% *}" -tls1_2 -key "$keys/$name.key.pem" -cert "$keys/$name.crt.pem" >/dev/null 2>&1 &
  running="$running $!"
done
record expired 6008-6009
for port in 6008 6009; do s_client $port -tls1_2 -CAfile "$keys/ca.crt.pem" -verify_return_error; done
sleep 1
kill $running
