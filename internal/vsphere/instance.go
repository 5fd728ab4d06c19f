package vsphere

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const findByUUIDOp = "FindAllByUuid"

// searches is how many instance UUIDs are looked for at a time.
const searches = 4

// VMWithInstanceUUID returns the managed object id of the VM whose config.instanceUuid is the UUID (SearchIndex.FindAllByUuid), empty
// where there is none that vCenter can read. A UUID that many ask for at the same time is looked for once. It is an error of kind
// InvalidState when several VMs have it, which vCenter does not allow but can't prevent.
func (c *Client) VMWithInstanceUUID(ctx context.Context, uuid string) (string, error) {
	return load(ctx, c.instances, uuid)
}

// findInstances looks for the VMs of a batch.
func (c *Client) findInstances(ctx context.Context, uuids []string) (map[string]outcome[string], error) {
	var (
		found = make(map[string]outcome[string], len(uuids))
		mutex sync.Mutex
		group errgroup.Group
	)
	group.SetLimit(searches)
	for _, uuid := range uuids {
		group.Go(func() error {
			result := c.findInstance(ctx, uuid)
			mutex.Lock()
			defer mutex.Unlock()
			found[uuid] = result

			return nil
		})
	}

	return found, group.Wait() //nolint:wrapcheck // none of them fails: each has an error of its own
}

func (c *Client) findInstance(ctx context.Context, uuid string) outcome[string] {
	refs, err := c.withInstanceUUID(ctx, uuid)
	switch {
	case err != nil:
		return outcome[string]{err: err}
	case len(refs) == 0:
		return outcome[string]{}
	case len(refs) > 1:
		failure := httpapi.Call{Op: findByUUIDOp, Object: uuid}.Error(apierr.InvalidState, "")
		failure.Messages = []string{"several VMs have this instance UUID"}

		return outcome[string]{err: failure}
	default:
		return outcome[string]{value: refs[0].Value}
	}
}

// VMsWithoutConfig returns the VMs whose configuration vCenter can't read, so that [Client.VMWithInstanceUUID] does not find them: id, name
// and connection state (RetrievePropertiesEx of the whole inventory, one call for all that ask within a few milliseconds).
func (c *Client) VMsWithoutConfig(ctx context.Context) ([]*VirtualMachine, error) {
	return c.unreadable.Load(ctx, "")
}

func (c *Client) readUnreadable(ctx context.Context, keys []string) (map[string][]*VirtualMachine, error) {
	all, err := c.everything(ctx, TypeVirtualMachine, "", "name", connectionPath, instanceUUIDPath)
	if err != nil {
		return nil, err
	}
	var unreadable []*VirtualMachine
	for _, p := range all {
		if p.Denied() == nil && !hasConfig(p) {
			unreadable = append(unreadable, newMachine(p, neighbours{}))
		}
	}
	found := make(map[string][]*VirtualMachine, len(keys))
	for _, key := range keys {
		found[key] = unreadable
	}

	return found, nil
}
