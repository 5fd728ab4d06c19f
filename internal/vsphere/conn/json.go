package conn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// apiJSON is the API version that brought VI/JSON.
const apiJSON = "8.0.1"

// chooseAPI chooses how vim25 methods are called, once vCenter has told its version. What vCenter is, is asked by SOAP in any
// case: every version answers that, so that one that is too old for VI/JSON can be named.
func (c *Conn) chooseAPI(content *vim25.Client) error {
	if c.api != APIJSON {
		return nil
	}
	there := content.ServiceContent.About.ApiVersion
	if err := tooOld(httpapi.Call{Op: "RetrieveServiceContent", Object: c.endpoint.Host}, there, apiJSON); err != nil {
		return err
	}
	client := soap.NewClient(c.endpoint, false) // TLS is the transport's
	client.Transport = &jsonTransport{conn: c}
	client.UserAgent, client.CheckRedirect = c.soap.UserAgent, httpapi.RefuseRedirect
	client.Namespace, client.Version = content.Namespace, knownVersion(there)
	client.UseJSON(true)
	c.methods = client

	return nil
}

// jsonTransport is the way of VI/JSON requests. The session's token travels in a header, as REST's does; govmomi would keep
// it where concurrent calls race for it.
type jsonTransport struct {
	conn *Conn
}

// RoundTrip implements [http.RoundTripper].
func (t *jsonTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	c := t.conn
	request = request.Clone(request.Context())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	c.mu.Lock()
	token := c.jsonToken
	c.mu.Unlock()
	if token != "" {
		request.Header.Set(sessionHeader, token)
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if fresh := response.Header.Get(sessionHeader); fresh != "" {
		c.mu.Lock()
		c.jsonToken = fresh
		c.mu.Unlock()
		response.Header.Del(sessionHeader)
	}
	if response.StatusCode == http.StatusInternalServerError {
		return response, tellFault(response)
	}

	return response, nil
}

// tellFault makes sure that an answer with status 500 is a fault of the API. govmomi takes any JSON for one, though it may
// come from something on the way.
func tellFault(response *http.Response) error {
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return fmt.Errorf("read the fault: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	var fault struct {
		Type string `json:"_typeName"`
	}
	if json.Unmarshal(body, &fault) != nil || fault.Type == "" {
		response.Header.Set("Content-Type", "application/octet-stream")
	}

	return nil
}
