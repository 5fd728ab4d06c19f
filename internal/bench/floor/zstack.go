package floor

import (
	"context"
	"crypto/rand"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// queried is how many records one query names: its request line stays below what servers refuse.
const queried = 120

// zstack is a session with a ZStack.
type zstack struct {
	order   Order
	base    string // the URL up to /v1
	http    *http.Client
	session string
	jobs    *poller

	golden string            // the VM that clones are made of
	roots  map[string]string // root volume by VM
}

// connectZStack logs in.
func connectZStack(ctx context.Context, at Platform, order Order) (*zstack, error) {
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM([]byte(at.CACertificate)) {
		return nil, errCertificate
	}
	on := &zstack{order: order, base: at.URL + "/zstack", roots: map[string]string{}, http: &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: order.Parallelism + 1,
	}}}
	digest := sha512.Sum512([]byte(at.Password))
	var told struct {
		Inventory struct {
			UUID string `json:"uuid"`
		} `json:"inventory"`
	}
	login := map[string]any{"logInByAccount": map[string]string{"accountName": at.Username, "password": hex.EncodeToString(digest[:])}}
	if _, err := on.call(ctx, http.MethodPut, "/v1/accounts/login", "", login, &told); err != nil {
		return nil, err
	}
	on.session = told.Inventory.UUID
	on.jobs = startPoller(ctx, order.Task, on.askJobs)

	return on, nil
}

// close logs out.
func (z *zstack) close(ctx context.Context) error {
	z.jobs.close()
	_, err := z.call(ctx, http.MethodDelete, "/v1/accounts/sessions/"+z.session, "", nil, nil)
	z.http.CloseIdleConnections()

	return err
}

// call makes one call. job names the job of an asynchronous one.
func (z *zstack) call(ctx context.Context, method, path, job string, in, out any) (status int, err error) {
	request, err := newRequest(ctx, method, z.base+path, in)
	if err != nil {
		return 0, err
	}
	if z.session != "" {
		request.Header.Set("Authorization", "OAuth "+z.session)
	}
	if job != "" {
		request.Header.Set("X-Job-UUID", job)
	}

	return exchange(z.http, request, out)
}

// run makes an asynchronous call and waits for its job.
func (z *zstack) run(ctx context.Context, method, path string, in, out any) error {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // it never fails
	job := hex.EncodeToString(random)
	if _, err := z.call(ctx, method, path, job, in, nil); err != nil {
		return err
	}
	result, err := z.jobs.wait(ctx, job)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(result, out); err != nil {
		return fmt.Errorf("the result of %s %s: %w", method, path, err)
	}

	return nil
}

// askJobs asks for jobs: ZStack has no call that asks for more than one.
func (z *zstack) askJobs(ctx context.Context, ids []string) (map[string]jobAnswer, error) {
	var mu sync.Mutex
	answers := map[string]jobAnswer{}
	group, ctx := atMost(ctx, len(ids))
	for _, id := range ids {
		group.Go(func() error {
			var result json.RawMessage
			status, err := z.call(ctx, http.MethodGet, "/v1/api-jobs/"+id, "", nil, &result)
			if status == http.StatusAccepted {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			answers[id] = jobAnswer{result: result, err: err}

			return nil
		})
	}

	return answers, group.Wait() //nolint:wrapcheck // nothing in it fails
}

// queryAll reads records by a field, in as few queries as their length allows, and gives each query's answer to take.
func (z *zstack) queryAll(ctx context.Context, path, field string, values []string, take func(json.RawMessage) error) error {
	for chunk := range slices.Chunk(values, queried) {
		var told struct {
			Inventories []json.RawMessage `json:"inventories"`
		}
		query := path + "?limit=1000&q=" + field + "%3F%3D" + strings.Join(chunk, ",")
		if _, err := z.call(ctx, http.MethodGet, query, "", nil, &told); err != nil {
			return err
		}
		for _, one := range told.Inventories {
			if err := take(one); err != nil {
				return err
			}
		}
	}

	return nil
}
