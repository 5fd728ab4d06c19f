package vsphere_test

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	block, _ := pem.Decode([]byte(server.CACertificate()))
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	old := sha1.Sum(certificate.Raw)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte(server.CACertificate()), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*vsphere.Config)
		code   string
	}{
		{"SHA-256 with colons", func(*vsphere.Config) {}, ""},
		{"SHA-256 bare and lower-case", func(c *vsphere.Config) {
			c.Thumbprint = strings.ToLower(strings.ReplaceAll(c.Thumbprint, ":", ""))
		}, ""},
		{"SHA-1", func(c *vsphere.Config) { c.Thumbprint = hex.EncodeToString(old[:]) }, ""},
		{"authority as text", func(c *vsphere.Config) { c.Thumbprint, c.CACertificate = "", server.CACertificate() }, ""},
		{"authority as file", func(c *vsphere.Config) { c.Thumbprint, c.CACertificate = "", file }, ""},
		{"unverified", func(c *vsphere.Config) { c.Thumbprint, c.AllowUnverifiedTLS = "", true }, ""},
		{"unknown authority", func(c *vsphere.Config) { c.Thumbprint = "" }, apierr.CodeUntrustedCertificate},
		{"another thumbprint", func(c *vsphere.Config) { c.Thumbprint = strings.Repeat("ab", 32) }, apierr.CodeThumbprintMismatch},
		{
			"another thumbprint beats leniency",
			func(c *vsphere.Config) { c.Thumbprint, c.AllowUnverifiedTLS = strings.Repeat("ab", 20), true },
			apierr.CodeThumbprintMismatch,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := configFor(server)
			tt.change(&config)
			_, err := connect(t, config).About(t.Context())
			if tt.code == "" {
				if err != nil {
					t.Errorf("error %v", err)
				}

				return
			}
			failure := wantError(t, err, apierr.Unauthenticated, tt.code)
			if failure.Thumbprint != server.Thumbprint() || failure.Object != server.Endpoint() {
				t.Errorf("thumbprint %q of %q, want %q", failure.Thumbprint, failure.Object, server.Thumbprint())
			}
		})
	}
}
