package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"
)

var (
	// thumbprints are SHA-256 thumbprints of certificates, which simulators make anew at each start.
	thumbprints = regexp.MustCompile(`([0-9A-F]{2}:){31}[0-9A-F]{2}`)
	currentTime = regexp.MustCompile(`current time \S+`)
)

// steady replaces in a text what differs from run to run.
func steady(text string) string {
	return currentTime.ReplaceAllString(thumbprints.ReplaceAllString(text, "THUMBPRINT"), "current time NOW")
}

// expired makes a certificate's time be over.
func expired(certificate *x509.Certificate) {
	certificate.NotBefore = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	certificate.NotAfter = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
}

// ofAnotherName makes a certificate be for another server.
func ofAnotherName(certificate *x509.Certificate) {
	certificate.DNSNames, certificate.IPAddresses = []string{"vcenter.example.com"}, []net.IP{net.IPv4(192, 0, 2, 1)}
}

// certified starts a TLS server whose certificate is right but for one change, and returns its address and the certificate, which has signed
// itself.
func certified(t *testing.T, change func(*x509.Certificate)) (endpoint, certificate string) {
	t.Helper()

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that are broken on purpose
	server.StartTLS()
	t.Cleanup(server.Close)

	return server.Listener.Addr().String(), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
