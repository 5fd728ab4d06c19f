package zstackchaos

import (
	"bytes"
	"context"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// client is another client of the management node.
type client struct {
	http    *http.Client
	base    string // with the context path
	session string
}

// errRefused says that the management node does not do what is asked for.
var errRefused = errors.New("refused")

// object is a JSON object.
type object = map[string]any

// logIn returns a client with a session of its own.
func (p *platform) logIn(ctx context.Context, account, password string) (*client, error) {
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(p.CACertificate()))
	c := &client{base: p.URL() + "/zstack/v1", http: &http.Client{
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}},
	}}
	sum := sha512.Sum512([]byte(password))
	var reply struct {
		Inventory struct{ UUID string }
	}
	_, err := c.call(ctx, http.MethodPut, "/accounts/login", object{"logInByAccount": object{
		"accountName": account, "password": hex.EncodeToString(sum[:]),
	}}, &reply)
	c.session = reply.Inventory.UUID

	return c, err
}

// close ends the session.
func (c *client) close(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodDelete, "/accounts/sessions/"+c.session, nil, nil)
	c.http.CloseIdleConnections()

	return err
}

// call sends a request and reads its reply, if that is a success.
func (c *client) call(ctx context.Context, method, path string, body, reply any, headers ...string) (status int, err error) {
	content, err := json.Marshal(body)
	if err != nil {
		return 0, fmt.Errorf("writing a request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(content))
	if err != nil {
		return 0, fmt.Errorf("making a request: %w", err)
	}
	if c.session != "" {
		request.Header.Set("Authorization", "OAuth "+c.session)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return 0, fmt.Errorf("sending a request: %w", err)
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	content, err = io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return answer.StatusCode, fmt.Errorf("reading a reply: %w", err)
	case answer.StatusCode >= http.StatusBadRequest:
		return answer.StatusCode, fmt.Errorf("%w: %d %s", errRefused, answer.StatusCode, content)
	case reply == nil:
		return answer.StatusCode, nil
	}
	if err := json.Unmarshal(content, reply); err != nil {
		return answer.StatusCode, fmt.Errorf("understanding %s: %w", content, err)
	}

	return answer.StatusCode, nil
}

// pace is how often a job is asked for.
const pace = 20 * time.Millisecond

// run starts a job of the uuid given, waits for its end and returns the uuid of the one object that it made.
func (c *client) run(ctx context.Context, job, method, path string, body any) (string, error) {
	if _, err := c.call(ctx, method, path, body, nil, "X-Job-UUID: "+job); err != nil {
		return "", err
	}
	for {
		var reply struct {
			Inventory inventory
			Result    struct {
				Inventories []struct{ Inventory inventory }
			}
		}
		status, err := c.call(ctx, http.MethodGet, "/api-jobs/"+job, nil, &reply)
		switch {
		case err != nil:
			return "", err
		case status != http.StatusAccepted && len(reply.Result.Inventories) > 0:
			return reply.Result.Inventories[0].Inventory.UUID, nil
		case status != http.StatusAccepted:
			return reply.Inventory.UUID, nil
		case !chaos.Pause(ctx, pace):
			return "", fmt.Errorf("waiting for job %s: %w", job, ctx.Err())
		}
	}
}

// inventory is a record of the management node.
type inventory struct{ UUID string }
