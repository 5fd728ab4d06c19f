package floor

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// vcenter is a session with a vCenter.
type vcenter struct {
	order Order
	at    Platform
	soap  *soap.Client
	vim   *vim25.Client
	watch *watch

	// token and tasks are of the REST session, which only clones need.
	token string
	tasks *poller

	golden, pool types.ManagedObjectReference // of clones
	template     template                     // of clones with hardware of their own, besides
	sources      map[string]*source           // of instant clones
}

// source is a VM that instant clones are made of, one at a time.
type source struct {
	cloning sync.Mutex // held while a clone of it is made
	network types.BaseVirtualDevice
	place   types.ManagedObjectReference // its folder
}

var errCertificate = errors.New("no certificate in the PEM text")

// connectVCenter logs in.
func connectVCenter(ctx context.Context, at Platform, order Order) (*vcenter, error) {
	endpoint, err := url.Parse(at.URL + "/sdk")
	if err != nil {
		return nil, fmt.Errorf("the vCenter's address: %w", err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM([]byte(at.CACertificate)) {
		return nil, errCertificate
	}
	transport := soap.NewClient(endpoint, false)
	transport.DefaultTransport().TLSClientConfig.RootCAs = trusted
	transport.DefaultTransport().MaxIdleConnsPerHost = order.Parallelism + 1
	vim, err := vim25.NewClient(ctx, transport)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	login := types.Login{This: *vim.ServiceContent.SessionManager, UserName: at.Username, Password: at.Password}
	if _, err := methods.Login(ctx, vim, &login); err != nil {
		return nil, fmt.Errorf("logging in: %w", err)
	}
	on := &vcenter{order: order, at: at, soap: transport, vim: vim, sources: map[string]*source{}}
	on.watch = startWatch(ctx, vim)

	return on, nil
}

// close logs out.
func (v *vcenter) close(ctx context.Context) error {
	v.watch.close()
	var err error
	if v.tasks != nil {
		v.tasks.close()
		err = v.rest(ctx, http.MethodDelete, "/api/session", nil, nil)
	}
	_, logout := methods.Logout(ctx, v.vim, &types.Logout{This: *v.vim.ServiceContent.SessionManager})
	v.soap.DefaultTransport().CloseIdleConnections()

	return errors.Join(err, logout)
}

// openREST logs in to the REST API.
func (v *vcenter) openREST(ctx context.Context) error {
	if err := v.rest(ctx, http.MethodPost, "/api/session", nil, &v.token); err != nil {
		return err
	}
	v.tasks = startPoller(ctx, v.order.Task, v.askTasks)

	return nil
}

// askTasks asks for many tasks in one call (POST /api/cis/tasks?action=list).
func (v *vcenter) askTasks(ctx context.Context, ids []string) (map[string]jobAnswer, error) {
	type filter struct {
		Tasks []string `json:"tasks"`
	}
	var told map[string]struct {
		Status string          `json:"status"`
		Result json.RawMessage `json:"result"`
		Error  json.RawMessage `json:"error"`
	}
	asked := map[string]filter{"filter_spec": {ids}}
	if err := v.rest(ctx, http.MethodPost, "/api/cis/tasks?action=list", asked, &told); err != nil {
		return nil, err
	}
	answers := map[string]jobAnswer{}
	for id, task := range told {
		switch task.Status {
		case "SUCCEEDED":
			answers[id] = jobAnswer{result: task.Result}
		case "FAILED":
			answers[id] = jobAnswer{err: fmt.Errorf("task %s failed: %s", id, task.Error)}
		}
	}

	return answers, nil
}

// rest makes one call of the REST API.
func (v *vcenter) rest(ctx context.Context, method, path string, in, out any) error {
	request, err := newRequest(ctx, method, v.at.URL+path, in)
	if err != nil {
		return err
	}
	if v.token == "" {
		request.SetBasicAuth(v.at.Username, v.at.Password)
	} else {
		request.Header.Set("vmware-api-session-id", v.token)
	}
	_, err = exchange(&v.soap.Client, request, out)

	return err
}

// newRequest makes a request with a body in JSON, unless in is nil.
func newRequest(ctx context.Context, method, address string, in any) (*http.Request, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encoding a request: %w", err)
	}
	if in == nil {
		body = nil
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")

	return request, nil
}

// exchange sends a request and decodes its answer into out, unless that is nil.
func exchange(client *http.Client, request *http.Request, out any) (status int, err error) {
	reply, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("sending a request: %w", err)
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		return reply.StatusCode, fmt.Errorf("reading an answer: %w", err)
	}
	if reply.StatusCode >= http.StatusMultipleChoices {
		return reply.StatusCode, fmt.Errorf("%s %s: %s: %s", request.Method, request.URL.Path, reply.Status, body)
	}
	if out != nil {
		err = json.Unmarshal(body, out)
	}
	if err != nil {
		return reply.StatusCode, fmt.Errorf("decoding the answer of %s %s: %w", request.Method, request.URL.Path, err)
	}

	return reply.StatusCode, nil
}

// retrieve reads properties of objects of one type, in one call and its further pages, and gives each object's to take.
func (v *vcenter) retrieve(
	ctx context.Context, refs []types.ManagedObjectReference, paths []string, take func(types.ObjectContent) error,
) error {
	if len(refs) == 0 {
		return nil
	}
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{{Type: refs[0].Type, PathSet: paths}}}
	for _, ref := range refs {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: ref})
	}
	collector := v.vim.ServiceContent.PropertyCollector
	first, err := methods.RetrievePropertiesEx(ctx, v.vim, &types.RetrievePropertiesEx{
		This: collector, SpecSet: []types.PropertyFilterSpec{spec},
	})
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	found := 0
	for page := first.Returnval; page != nil; {
		for _, content := range page.Objects {
			found++
			if err := take(content); err != nil {
				return err
			}
		}
		if page.Token == "" {
			break
		}
		next, err := methods.ContinueRetrievePropertiesEx(ctx, v.vim, &types.ContinueRetrievePropertiesEx{
			This: collector, Token: page.Token,
		})
		if err != nil {
			return fmt.Errorf("reading on: %w", err)
		}
		page = &next.Returnval
	}
	if found != len(refs) {
		return fmt.Errorf("%d of %d objects are there", found, len(refs))
	}

	return nil
}

func machine(id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachine", Value: id}
}
