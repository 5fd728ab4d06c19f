package httpapi

import (
	"crypto/sha1" //nolint:gosec // vSphere's own thumbprints are SHA-1; it identifies a certificate that the user named
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// UntrustedCertificateError is in the chain of the error for a server whose certificate was not accepted.
type UntrustedCertificateError struct {
	// Thumbprint is the SHA-256 of the certificate that the server showed, in upper-case hexadecimal with colons: what a
	// user who trusts it puts into the configuration.
	Thumbprint string
	// Pinned is true when a thumbprint was configured and the certificate has another.
	Pinned bool

	cause error
}

// Error describes the failure in one line.
func (e *UntrustedCertificateError) Error() string {
	if e.Pinned {
		return "the server's certificate has another thumbprint than the configured one: SHA-256 " + e.Thumbprint
	}

	return fmt.Sprintf("the server's certificate (SHA-256 thumbprint %s) is not trusted: %v", e.Thumbprint, e.cause)
}

// Unwrap returns the x509 error.
func (e *UntrustedCertificateError) Unwrap() error { return e.cause }

// code returns the code of the [apierr.Error].
func (e *UntrustedCertificateError) code() string {
	if e.Pinned {
		return apierr.CodeThumbprintMismatch
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](e.cause); ok && invalid.Reason == x509.Expired {
		return apierr.CodeCertificateExpired
	}
	if _, ok := errors.AsType[x509.HostnameError](e.cause); ok {
		return apierr.CodeCertificateName
	}

	return apierr.CodeUntrustedCertificate
}

// names returns the names and addresses that the certificate is for, where it is for others than the server's.
func (e *UntrustedCertificateError) names() []string {
	mismatch, ok := errors.AsType[x509.HostnameError](e.cause)
	if !ok {
		return nil
	}
	names := slices.Clone(mismatch.Certificate.DNSNames)
	for _, address := range mismatch.Certificate.IPAddresses {
		names = append(names, address.String())
	}

	return names
}

// Trust says which server's certificate is accepted.
type Trust struct {
	// Host is the server's name, for a connection that sends none because it is an IP address.
	Host string
	// Thumbprint is the SHA-1 or SHA-256 of the certificate to accept, by any signer.
	Thumbprint string
	// CACertificate is the certificate authority to trust instead of the system's: PEM text, or the path of a PEM file.
	CACertificate string
	// AllowUnverifiedTLS accepts any certificate, unless a thumbprint is set.
	AllowUnverifiedTLS bool
}

// TLS makes the TLS configuration. Its mistakes are a [*ConfigError]. The certificate is verified in VerifyConnection and not
// by crypto/tls, so that one handshake yields both the Verdict and the thumbprint to tell, through a proxy as well.
func (t Trust) TLS() (*tls.Config, error) {
	thumbprint, err := normalizeThumbprint(t.Thumbprint)
	if err != nil {
		return nil, err
	}
	roots, err := rootCAs(t.CACertificate)
	if err != nil {
		return nil, err
	}
	check := verifier{host: t.Host, thumbprint: thumbprint, roots: roots}
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // verified in VerifyConnection
	}
	if !t.AllowUnverifiedTLS || thumbprint != "" {
		config.VerifyConnection = check.verify
	}

	return config, nil
}

type verifier struct {
	host       string
	thumbprint string // hexadecimal, lower-case
	roots      *x509.CertPool
}

func (v verifier) verify(state tls.ConnectionState) error {
	leaf := state.PeerCertificates[0]
	if v.thumbprint != "" {
		if v.thumbprint == sha256Hex(leaf) || v.thumbprint == sha1Hex(leaf) {
			return nil
		}

		return &UntrustedCertificateError{Thumbprint: thumbprintOf(leaf), Pinned: true}
	}
	name := state.ServerName
	if name == "" {
		name = v.host // an IP address is not sent as a server name
	}
	intermediates := x509.NewCertPool()
	for _, certificate := range state.PeerCertificates[1:] {
		intermediates.AddCert(certificate)
	}
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: v.roots, Intermediates: intermediates})
	if err != nil {
		return &UntrustedCertificateError{Thumbprint: thumbprintOf(leaf), cause: err}
	}

	return nil
}

func sha256Hex(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)

	return hex.EncodeToString(sum[:])
}

func sha1Hex(certificate *x509.Certificate) string {
	sum := sha1.Sum(certificate.Raw) //nolint:gosec // see the import

	return hex.EncodeToString(sum[:])
}

// thumbprintOf returns the SHA-256 thumbprint in the form that vSphere shows: upper-case pairs with colons.
func thumbprintOf(certificate *x509.Certificate) string {
	digits := strings.ToUpper(sha256Hex(certificate))
	pairs := make([]string, 0, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		pairs = append(pairs, digits[i:i+2])
	}

	return strings.Join(pairs, ":")
}

// normalizeThumbprint returns the thumbprint as bare lower-case hexadecimal.
func normalizeThumbprint(thumbprint string) (string, error) {
	digits := strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(thumbprint))
	if digits == "" {
		return "", nil
	}
	if _, err := hex.DecodeString(digits); err != nil || (len(digits) != 2*sha1.Size && len(digits) != 2*sha256.Size) {
		return "", Invalid("thumbprint", "must be the SHA-1 (40 digits) or SHA-256 (64 digits) of the server's "+
			"certificate in hexadecimal, with or without colons")
	}

	return digits, nil
}

// rootCAs reads the certificate authorities to trust; nil means the system's.
func rootCAs(certificate string) (*x509.CertPool, error) {
	const field = "ca_certificate"
	if strings.TrimSpace(certificate) == "" {
		return nil, nil //nolint:nilnil // crypto/x509 takes a nil pool for the system's
	}
	text := []byte(certificate)
	if !strings.Contains(certificate, "-----BEGIN") {
		var err error
		if text, err = os.ReadFile(strings.TrimSpace(certificate)); err != nil {
			return nil, Invalid(field, "is neither PEM text nor a file that can be read: %v", err)
		}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, Invalid(field, "holds no certificate in PEM form")
	}

	return pool, nil
}
