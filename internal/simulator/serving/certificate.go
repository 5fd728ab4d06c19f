package serving

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
)

const certificateLifetime = 10 * 365 * 24 * time.Hour

// newCertificate makes a self-signed certificate for the loopback names and the host that is listened on.
func newCertificate(host, commonName string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a serial number: %w", err)
	}

	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: commonName},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(certificateLifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if ip := net.ParseIP(host); ip == nil && host != "" {
		template.DNSNames = append(template.DNSNames, host)
	} else if ip != nil {
		template.IPAddresses = append(template.IPAddresses, ip)
	}

	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sign a certificate: %w", err)
	}

	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// Thumbprint returns the SHA-256 thumbprint of the listener's certificate in colon form, and nothing without TLS.
func (l *Listener) Thumbprint() string {
	if l.certificate == nil {
		return ""
	}
	sum := sha256.Sum256(l.certificate)

	return colonForm(sum[:])
}

// ThumbprintSHA1 returns the SHA-1 thumbprint of the listener's certificate in colon form, and nothing without TLS.
func (l *Listener) ThumbprintSHA1() string {
	if l.certificate == nil {
		return ""
	}
	sum := sha1.Sum(l.certificate)

	return colonForm(sum[:])
}

// CACertificate returns the PEM text of the certificate that a client must trust, and nothing without TLS.
func (l *Listener) CACertificate() string {
	if l.certificate == nil {
		return ""
	}

	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.certificate}))
}

func colonForm(sum []byte) string {
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}

	return strings.Join(parts, ":")
}
