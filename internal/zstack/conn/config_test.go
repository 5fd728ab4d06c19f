package conn

import (
	"errors"
	"testing"
	"time"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]string{
		"zstack.test":                    "https://zstack.test/zstack",
		"ZStack.Test:8443":               "https://zstack.test:8443/zstack",
		"https://zstack.test":            "https://zstack.test/zstack",
		"https://zstack.test/zstack/":    "https://zstack.test/zstack",
		"http://zstack.test":             "http://zstack.test:8080/zstack",
		"http://zstack.test:80/":         "http://zstack.test:80/zstack",
		"http://10.0.0.1:8080/zstack/v1": "http://10.0.0.1:8080/zstack",
		"http://[fd00::1]":               "http://[fd00::1]:8080/zstack",
		"fd00::1":                        "https://[fd00::1]/zstack",
		"[fd00::1]:8443":                 "https://[fd00::1]:8443/zstack",
	} {
		got, err := parseEndpoint(give)
		if err != nil || got.String() != want {
			t.Errorf("%q: %v, %v, want %s", give, got, err, want)
		}
	}
	for _, give := range []string{
		"", " ", "ftp://zstack.test", "https://admin:secret@zstack.test", "https://", "https://zstack.test/ui", "https://zstack.test?x=1",
		"https://zstack.test/#x", "https://zstack.test:port", "a b",
	} {
		_, err := parseEndpoint(give)
		if wrong, ok := errors.AsType[*ConfigError](err); !ok || wrong.Field != "endpoint" {
			t.Errorf("%q: %v", give, err)
		}
	}
}

func TestNew_mistakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Config)
		field  string
	}{
		"endpoint":       {func(c *Config) { c.Endpoint = "" }, "endpoint"},
		"no credentials": {func(c *Config) { c.AccountName, c.Password = "", "" }, "account_name"},
		"no account":     {func(c *Config) { c.AccountName = "" }, "account_name"},
		"no password":    {func(c *Config) { c.Password = "" }, "password"},
		"both":           {func(c *Config) { c.AccessKeyID, c.AccessKeySecret = "a", "b" }, "access_key_id"},
		"no key":         {func(c *Config) { c.AccountName, c.Password, c.AccessKeySecret = "", "", "b" }, "access_key_id"},
		"no secret":      {func(c *Config) { c.AccountName, c.Password, c.AccessKeyID = "", "", "b" }, "access_key_secret"},
		"time zone":      {func(c *Config) { c.TimeZone = "Middle/Earth" }, "time_zone"},
		"local time":     {func(c *Config) { c.TimeZone = "Local" }, "time_zone"},
		"timeout":        {func(c *Config) { c.RequestTimeout = -time.Second }, "request_timeout"},
		"certificate":    {func(c *Config) { c.CACertificate = "-----BEGIN nonsense" }, "ca_certificate"},
	} {
		config := Config{Endpoint: "zstack.test", AccountName: "admin", Password: "password"}
		tt.change(&config)
		_, err := New(config)
		if wrong, ok := errors.AsType[*ConfigError](err); !ok || wrong.Field != tt.field || wrong.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewUUID(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for range 100 {
		uuid := NewUUID()
		if !IsUUID(uuid) || uuid[12] != '4' || seen[uuid] {
			t.Errorf("uuid %s", uuid)
		}
		seen[uuid] = true
	}
}
