package wait

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// vimServer is vCenter as a [propertyServer].
type vimServer struct {
	conn *conn.Conn
}

func (s vimServer) read(ctx context.Context, spec types.PropertyFilterSpec) ([]conn.Properties, error) {
	return s.conn.Retrieve(ctx, "", spec)
}

func (s vimServer) outlives() bool { return s.conn.OutlivesProcess() }

// open makes a PropertyCollector, which ends with the session at the latest.
func (s vimServer) open(ctx context.Context) (collector, error) {
	content, err := s.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := conn.Call(ctx, s.conn.Method(httpapi.Call{Op: "CreatePropertyCollector"}), methods.CreatePropertyCollector,
		&types.CreatePropertyCollector{This: content.PropertyCollector})
	if err != nil {
		return nil, err
	}

	return vimCollector{conn: s.conn, self: answer.Returnval}, nil
}

// vimCollector is a [collector] on vCenter.
type vimCollector struct {
	conn *conn.Conn
	self types.ManagedObjectReference
}

func (c vimCollector) method(op string) conn.Method {
	return c.conn.Method(httpapi.Call{Op: op}).Once()
}

func (c vimCollector) filter(ctx context.Context, spec types.PropertyFilterSpec) error {
	_, err := conn.Call(ctx, c.method("CreateFilter"), methods.CreateFilter, &types.CreateFilter{This: c.self, Spec: spec})

	return err
}

func (c vimCollector) wait(ctx context.Context, version string) (*types.UpdateSet, error) {
	seconds := int32(longestWait.Seconds())
	answer, err := conn.Call(ctx, c.method("WaitForUpdatesEx").Lasting(longestWait), methods.WaitForUpdatesEx,
		&types.WaitForUpdatesEx{This: c.self, Version: version, Options: &types.WaitOptions{MaxWaitSeconds: &seconds}})
	if err != nil {
		return nil, err
	}

	return answer.Returnval, nil
}

func (c vimCollector) destroy(ctx context.Context) error {
	_, err := conn.Call(ctx, c.method("DestroyPropertyCollector"), methods.DestroyPropertyCollector,
		&types.DestroyPropertyCollector{This: c.self})

	return err
}
