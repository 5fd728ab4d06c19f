package conn

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	tests := []struct{ endpoint, want string }{
		{"vc.example.com", "https://vc.example.com/sdk"},
		{" VC.example.com:8989 ", "https://vc.example.com:8989/sdk"},
		{"https://vc.example.com/", "https://vc.example.com/sdk"},
		{"https://vc.example.com/sdk", "https://vc.example.com/sdk"},
		{"http://127.0.0.1:8989", "http://127.0.0.1:8989/sdk"},
		{"2001:db8::1", "https://[2001:db8::1]/sdk"},
		{"[2001:db8::1]:443", "https://[2001:db8::1]:443/sdk"},
		{"192.0.2.1", "https://192.0.2.1/sdk"},
		{"", ""},
		{"ftp://vc.example.com", ""},
		{"https://user:secret@vc.example.com", ""},
		{"user:secret@vc.example.com", ""},
		{"https://vc.example.com/ui", ""},
		{"https://vc.example.com/?x=secret", ""},
		{"https://", ""},
		{"https://vc example", ""},
		{"vc.example.com:port", ""},
	}
	for _, tt := range tests {
		t.Run(tt.endpoint, func(t *testing.T) {
			t.Parallel()
			u, err := parseEndpoint(tt.endpoint)
			if tt.want != "" {
				if err != nil || u.String() != tt.want {
					t.Errorf("got %v, %v, want %s", u, err, tt.want)
				}

				return
			}
			wrong, ok := errors.AsType[*ConfigError](err)
			if !ok || wrong.Field != "endpoint" || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestNew_mistakes(t *testing.T) {
	t.Parallel()
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o750); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		field  string
		change func(*Config)
	}{
		{"endpoint", func(c *Config) { c.Endpoint = "" }},
		{"username", func(c *Config) { c.Username = "" }},
		{"password", func(c *Config) { c.Password = "" }},
		{"thumbprint", func(c *Config) { c.Thumbprint = "AB:CD" }},
		{"thumbprint", func(c *Config) { c.Thumbprint = strings.Repeat("zz", 20) }},
		{"ca_certificate", func(c *Config) { c.CACertificate = "/does/not/exist.pem" }},
		{"ca_certificate", func(c *Config) { c.CACertificate = "-----BEGIN CERTIFICATE-----\nno\n" }},
		{"max_concurrent_tasks", func(c *Config) { c.MaxConcurrentTasks = -1 }},
		{"request_timeout", func(c *Config) { c.RequestTimeout = -time.Second }},
		{"session_cache", func(c *Config) { c.SessionCache = open }},
		{"session_cache", func(c *Config) { c.SessionCache = os.Args[0] }},
	}
	for _, tt := range tests {
		t.Run(tt.field, func(t *testing.T) {
			t.Parallel()
			config := Config{Endpoint: "vc.example.com", Username: "u", Password: "hush"}
			tt.change(&config)
			_, err := New(config)
			wrong, ok := errors.AsType[*ConfigError](err)
			if !ok || wrong.Field != tt.field || wrong.Reason == "" || strings.Contains(err.Error(), "hush") {
				t.Errorf("error %v, want one about %s", err, tt.field)
			}
		})
	}
}

func TestSessionCache_file(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "a", "b")
	cache, err := openSessionCache(folder, "https://vc/sdk", "ci")
	if err != nil {
		t.Fatal(err)
	}
	other, err := openSessionCache(folder, "https://vc/sdk", "another user")
	if err != nil || other.file == cache.file {
		t.Errorf("two users share %s, %v", other.file, err)
	}
	if kept, err := cache.load(); err != nil || kept != (cachedSession{}) {
		t.Errorf("from nothing: %+v, %v", kept, err)
	}
	want := cachedSession{SOAPCookie: "vmware_soap_session=x", RESTToken: "y"}
	if err := cache.store(want); err != nil {
		t.Fatal(err)
	}
	if kept, err := cache.load(); err != nil || kept != want {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if err := os.Rename(cache.file, cache.file+".real"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(cache.file+".real", cache.file); err != nil {
		t.Fatal(err)
	}
	if kept, err := cache.load(); err != nil || kept != (cachedSession{}) {
		t.Errorf("through a link: %+v, %v", kept, err)
	}
	none, err := openSessionCache("", "https://vc/sdk", "ci")
	if err != nil || none.enabled() || none.store(want) != nil {
		t.Errorf("without a folder: %+v, %v", none, err)
	}
}
