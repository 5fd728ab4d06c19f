package states_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// caller calls the API of a simulator without any code of the provider.
type caller struct {
	t      *testing.T
	base   string
	client *http.Client
}

func newCaller(t *testing.T, base, certificate string) *caller {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(certificate))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)

	return &caller{t: t, base: base, client: &http.Client{Transport: transport}}
}

// do sends a request with a JSON body and headers (name, value, name, value), and returns the answer, which must be no refusal.
func (c *caller) do(method, path string, body any, headers ...string) (http.Header, []byte) {
	c.t.Helper()
	var encoded []byte
	if body != nil {
		var err error
		if encoded, err = json.Marshal(body); err != nil {
			c.t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, bytes.NewReader(encoded))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.client.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	content, err := io.ReadAll(response.Body)
	if err := response.Body.Close(); err != nil {
		c.t.Fatal(err)
	}
	if err != nil || response.StatusCode >= http.StatusBadRequest {
		c.t.Fatalf("%s %s answered %s: %s, %v\nThe request was %s", method, path, response.Status, content, err, encoded)
	}

	return response.Header, content
}

// read sends a GET and decodes the answer.
func (c *caller) read(path string, into any, headers ...string) {
	c.t.Helper()
	_, content := c.do(http.MethodGet, path, nil, headers...)
	if err := json.Unmarshal(content, into); err != nil {
		c.t.Fatalf("GET %s answered %s: %v", path, content, err)
	}
}
