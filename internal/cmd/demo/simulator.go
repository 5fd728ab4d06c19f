package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// access is how to reach one platform, as the simulator prints it.
type access struct {
	Endpoint      string `json:"endpoint"`
	Username      string `json:"username"`     // of the vCenter
	AccountName   string `json:"account_name"` // of the ZStack
	Password      string `json:"password"`
	Thumbprint    string `json:"thumbprint"`     // of the vCenter
	CACertificate string `json:"ca_certificate"` // of the ZStack, as PEM text
}

// simulator is the program that serves both platforms, running as a process of its own.
type simulator struct {
	process *exec.Cmd
	stdin   io.Closer
	log     *bytes.Buffer

	vcenter *vcenter
	zstack  *managementNode
}

// startSimulator starts the simulator and waits until it is ready. Its temporary files go into folder.
func startSimulator(ctx context.Context, program, folder string) (*simulator, error) {
	s := &simulator{log: &bytes.Buffer{}}
	s.process = exec.CommandContext(ctx, program, "-vms", "3", "-task-duration", taskDuration.String()) //nolint:gosec // just built
	s.process.Env = append(os.Environ(), "TMPDIR="+folder)
	s.process.Stderr = s.log
	stdin, err := s.process.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	s.stdin = stdin
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the simulator did not get ready: %w", errors.Join(err, s.stop()))
	}
	var ready struct {
		VSphere access `json:"vsphere"`
		ZStack  access `json:"zstack"`
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		return nil, fmt.Errorf("the simulator printed %q: %w", line, errors.Join(err, s.stop()))
	}
	s.vcenter = &vcenter{newControl(ready.VSphere, pinned(ready.VSphere.Thumbprint))}
	s.zstack = &managementNode{newControl(ready.ZStack, trusting(ready.ZStack.CACertificate))}

	return s, nil
}

// stop ends the simulator as its last reader would: by closing its standard input.
func (s *simulator) stop() error {
	if s.process == nil {
		return nil
	}
	if s.vcenter != nil {
		s.vcenter.http.CloseIdleConnections()
		s.zstack.http.CloseIdleConnections()
	}
	_ = s.stdin.Close() // closed already where the process has ended
	timer := time.AfterFunc(patience, func() { _ = s.process.Process.Kill() })
	defer timer.Stop()
	err := s.process.Wait()
	s.process = nil
	if err != nil {
		return fmt.Errorf("the simulator ended badly: %w\n%s", err, s.log)
	}

	return nil
}

// control is the control endpoint of one platform.
type control struct {
	access access
	http   *http.Client
}

func newControl(to access, trust *tls.Config) control {
	return control{to, &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: trust}}}
}

// trusting trusts the certificates that the authority has signed.
func trusting(authority string) *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(authority))

	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
}

// pinned trusts the one certificate that has the SHA-256 thumbprint.
func pinned(thumbprint string) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection is stricter
		VerifyConnection: func(state tls.ConnectionState) error {
			sum := sha256.Sum256(state.PeerCertificates[0].Raw)
			if !strings.EqualFold(hex.EncodeToString(sum[:]), strings.ReplaceAll(thumbprint, ":", "")) {
				return errors.New("this is not the simulator's certificate")
			}

			return nil
		},
	}
}

// call sends a request to the control endpoint.
func (c control) call(ctx context.Context, method, path string, body, into any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return fmt.Errorf("encode the body of %s: %w", path, err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, "https://"+c.access.Endpoint+"/_control/"+path, &content)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("the simulator does not answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("the simulator's answer to %s %s: %w", method, path, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the simulator refused %s %s: %s: %s", method, path, response.Status, answer)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("the simulator's answer to %s %s: %w", method, path, err)
	}

	return nil
}

// sessions counts the sessions that are open.
func (c control) sessions(ctx context.Context) (int, error) {
	var all []map[string]any
	err := c.call(ctx, http.MethodGet, "sessions", nil, &all)

	return len(all), err
}

// requests counts the API requests that came since the simulator started, by method.
func (c control) requests(ctx context.Context) (total int, byMethod map[string]int, err error) {
	var counts struct {
		Total    int            `json:"total"`
		ByMethod map[string]int `json:"by_method"`
	}
	err = c.call(ctx, http.MethodGet, "requests", nil, &counts)

	return counts.Total, counts.ByMethod, err
}
