package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

//go:embed zstack.tf
var zstackConfiguration string

// managementNode is a ZStack under proof, seen past the provider's own calls.
type managementNode struct {
	source      string
	prefix      string
	config      conn.Config
	environment []string     // the same login, for the provider
	second      *conn.Config // of an account that may not see the machine; nil without one

	conn    *conn.Conn
	version string
	job     string // the id of a job that has ended
}

// newManagementNode reads the usual environment variables.
func newManagementNode(source, prefix string, getenv func(string) string) (*managementNode, error) {
	n := &managementNode{source: source, prefix: prefix}
	values := map[string]string{}
	for _, name := range []string{
		"ZSTACK_HOST", "ZSTACK_PORT", "ZSTACK_ACCOUNT_NAME", "ZSTACK_ACCOUNT_PASSWORD", "ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESS_KEY_SECRET",
	} {
		if values[name] = getenv(name); values[name] != "" {
			n.environment = append(n.environment, name+"="+values[name])
		}
	}
	n.config = conn.Config{
		Endpoint:    zstack.WithPort(values["ZSTACK_HOST"], values["ZSTACK_PORT"]),
		AccountName: values["ZSTACK_ACCOUNT_NAME"], Password: values["ZSTACK_ACCOUNT_PASSWORD"],
		AccessKeyID: values["ZSTACK_ACCESS_KEY_ID"], AccessKeySecret: values["ZSTACK_ACCESS_KEY_SECRET"],
	}
	if name := getenv("VMFORK_LIVE_ZSTACK_ACCOUNT_NAME"); name != "" {
		n.second = &conn.Config{
			Endpoint: n.config.Endpoint, AccountName: name, Password: getenv("VMFORK_LIVE_ZSTACK_ACCOUNT_PASSWORD"),
		}
	}
	var err error
	if n.conn, err = conn.New(n.config); err != nil {
		return nil, fmt.Errorf("the environment does not say how to log in to ZStack (ZSTACK_HOST and an account or an access key): %w", err)
	}
	if !conn.IsUUID(source) {
		return nil, errors.New("-zstack-vm must be the uuid of a VM: 32 hexadecimal digits")
	}

	return n, nil
}

func (n *managementNode) name() string { return "ZStack" }

func (n *managementNode) intends() string {
	return fmt.Sprintf(`On ZStack (%s):
  clones the VM %s four times, all stopped, with snapshots of the clones; all names begin with %s-
  takes all of it away again, also from the recycle bin; changes nothing else`, n.config.Endpoint, n.source, n.prefix)
}

func (n *managementNode) private() []string {
	words := []string{
		n.source, n.prefix, n.config.Endpoint, n.config.AccountName, n.config.Password, n.config.AccessKeyID, n.config.AccessKeySecret,
	}
	if n.second != nil {
		words = append(words, n.second.AccountName, n.second.Password)
	}

	return words
}

func (n *managementNode) configuration() (string, map[string]any, []string) {
	return zstackConfiguration, map[string]any{
		"prefix": n.prefix, "source_uuid": n.source, "renamed": false,
	}, n.environment
}

func (n *managementNode) versions() string { return "ZStack " + n.version }

// connect logs in and looks for the machine.
func (n *managementNode) connect(ctx context.Context) error {
	var told struct {
		Version string `json:"version"`
	}
	err := n.conn.Read(ctx, conn.Request{
		Call: httpapi.Call{Op: "GetVersion"}, Method: http.MethodPut, Path: "/v1/management-nodes/actions",
		In: map[string]any{"getVersion": struct{}{}},
	}, &told)
	if err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	n.version = told.Version
	found, err := n.query(ctx, n.conn, "uuid="+n.source)
	if err == nil && len(found) != 1 {
		err = wrong("there is no VM of the uuid of -zstack-vm")
	}

	return err
}

// vm is what the run reads of a VM.
type vm struct {
	UUID       string `json:"uuid"`
	Name       string `json:"name"`
	State      string `json:"state"`
	RootVolume string `json:"rootVolumeUuid"`
}

// query lists the VMs that a condition of QueryVmInstance holds for.
func (n *managementNode) query(ctx context.Context, as *conn.Conn, condition string) ([]vm, error) {
	var told struct {
		Inventories []vm `json:"inventories"`
	}
	err := as.Read(ctx, conn.Request{
		Call: httpapi.Call{Op: "QueryVmInstance"}, Method: http.MethodGet, Path: "/v1/vm-instances", Query: url.Values{"q": {condition}}.Encode(),
	}, &told)
	if err != nil {
		return nil, fmt.Errorf("list VMs: %w", err)
	}

	return told.Inventories, nil
}

// named returns the VMs of a name of this run that are not destroyed.
func (n *managementNode) named(ctx context.Context, name string) ([]vm, error) {
	found, err := n.query(ctx, n.conn, "name="+n.prefix+"-"+name)
	var alive []vm
	for _, each := range found {
		if each.State != "Destroyed" {
			alive = append(alive, each)
		}
	}

	return alive, err
}

// do sends an asynchronous call and waits for its job, whose result goes into out unless that is nil.
func (n *managementNode) do(ctx context.Context, method, path, query string, in, out any) error {
	job := conn.NewUUID()
	call := httpapi.Call{Op: method + " " + path, Effect: httpapi.Changes}
	if _, err := n.conn.Send(ctx, conn.Request{Call: call, Method: method, Path: path, Query: query, In: in, Job: job}, 0); err != nil {
		return fmt.Errorf("a call past the provider: %w", err)
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		answer, err := n.conn.Poll(ctx, job, "")
		if err != nil {
			return fmt.Errorf("a job past the provider: %w", err)
		}
		if answer.Status == http.StatusOK {
			n.job = job

			return decoded(answer.Body, out)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for a job: %w", ctx.Err())
		}
	}
}

func decoded(body []byte, out any) error {
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("read the result of a job: %w", err)
	}

	return nil
}

// act sends an action on one VM.
func (n *managementNode) act(ctx context.Context, uuid, action string, arguments, out any) error {
	return n.do(ctx, http.MethodPut, "/v1/vm-instances/"+uuid+"/actions", "", map[string]any{action: arguments}, out)
}

// clean destroys and expunges the VMs of the run, with their volumes. Snapshots go with them.
func (n *managementNode) clean(ctx context.Context) (int, error) {
	found, err := n.settled(ctx)
	for _, each := range found {
		if each.State != "Destroyed" {
			err = errors.Join(err, n.do(ctx, http.MethodDelete, "/v1/vm-instances/"+each.UUID, "deleteMode=Permissive", nil, nil))
		}
		if expunged := n.act(ctx, each.UUID, "expungeVmInstance", struct{}{}, nil); code(expunged) != "SYS.1003" { // gone is what it should be
			err = errors.Join(err, expunged)
		}
	}
	left, listed := n.ours(ctx)

	return len(left), errors.Join(err, listed, n.conn.Close(ctx))
}

// ours lists the VMs of the run, in the recycle bin too.
func (n *managementNode) ours(ctx context.Context) ([]vm, error) {
	return n.query(ctx, n.conn, "name~="+n.prefix+"%")
}

// settled is ours, once no VM is in a passing state: an interrupted clone may still come to be.
func (n *managementNode) settled(ctx context.Context) ([]vm, error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		found, err := n.ours(ctx)
		if err != nil || !slices.ContainsFunc(found, func(each vm) bool {
			return strings.HasSuffix(each.State, "ing") && each.State != "Running"
		}) {
			return found, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return found, fmt.Errorf("a VM stays in a passing state: %w", ctx.Err())
		}
	}
}

// code is the platform's code of an error, empty without one.
func code(err error) string {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		return failure.Code
	}

	return ""
}
