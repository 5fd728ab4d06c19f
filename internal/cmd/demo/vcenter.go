package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
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

// access is how to reach the vCenter, as the simulator prints it.
type access struct {
	Endpoint   string `json:"endpoint"`
	Username   string `json:"username"`
	Password   string `json:"password"`
	Thumbprint string `json:"thumbprint"`
}

// vcenter is the simulator, running as a process of its own, with its control endpoint.
type vcenter struct {
	access  access
	process *exec.Cmd
	stdin   io.Closer
	log     *bytes.Buffer
	http    *http.Client
}

// startVCenter starts the simulator and waits until it is ready. Its temporary files go into folder.
func startVCenter(ctx context.Context, program, folder string) (*vcenter, error) {
	v := &vcenter{log: &bytes.Buffer{}}
	v.process = exec.CommandContext(ctx, program, "-vms", "3", "-task-duration", taskDuration.String()) //nolint:gosec // just built
	v.process.Env = append(os.Environ(), "TMPDIR="+folder)
	v.process.Stderr = v.log
	stdin, err := v.process.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	v.stdin = stdin
	stdout, err := v.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if err := v.process.Start(); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the simulator did not get ready: %w", errors.Join(err, v.stop()))
	}
	ready := struct {
		VSphere *access `json:"vsphere"`
	}{&v.access}
	if err := json.Unmarshal(line, &ready); err != nil {
		return nil, fmt.Errorf("the simulator printed %q: %w", line, errors.Join(err, v.stop()))
	}
	v.http = &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: pinned(v.access.Thumbprint)}}

	return v, nil
}

// stop ends the simulator as its last reader would: by closing its standard input.
func (v *vcenter) stop() error {
	if v.process == nil {
		return nil
	}
	if v.http != nil {
		v.http.CloseIdleConnections()
	}
	_ = v.stdin.Close() // closed already where the process has ended
	timer := time.AfterFunc(patience, func() { _ = v.process.Process.Kill() })
	defer timer.Stop()
	err := v.process.Wait()
	v.process = nil
	if err != nil {
		return fmt.Errorf("the simulator ended badly: %w\n%s", err, v.log)
	}

	return nil
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

// environment is what the provider reads instead of arguments.
func (v *vcenter) environment() []string {
	return []string{
		"VSPHERE_SERVER=" + v.access.Endpoint, "VSPHERE_USER=" + v.access.Username, "VSPHERE_PASSWORD=" + v.access.Password,
	}
}

// call sends a request to the control endpoint.
func (v *vcenter) call(ctx context.Context, method, path string, body, into any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return fmt.Errorf("encode the body of %s: %w", path, err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, "https://"+v.access.Endpoint+"/_control/"+path, &content)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	response, err := v.http.Do(request)
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
