package vsphere

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
)

// Client speaks to one vCenter. It connects when it is first used, may be used by any number of goroutines, and must be
// closed.
type Client struct {
	*session

	life    httpapi.Lifetime
	tasks   *cisPoller
	paces   poll.Paces // of REST tasks
	watcher *watcher

	machines *httpapi.Batch[machineKey, machineRead]
	objects  *httpapi.Batch[objectKey, objectRead]
	names    *httpapi.Batch[vmName, []Object]
	specs    *httpapi.Batch[string, bool]

	devices     *httpapi.Batch[string, outcome[[]types.BaseVirtualDevice]]
	backings    *httpapi.Batch[string, outcome[types.BaseVirtualDeviceBackingInfo]]
	rootFolders *httpapi.Batch[string, string]
	snapshots   *httpapi.Batch[string, outcome[[]Snapshot]]
	pairs       *httpapi.Batch[pairKey, outcome[FaultTolerance]]

	slots   chan struct{}
	started startedTasks
	turns   turns
	closing sync.Once
}

// New checks the configuration, its mistakes are a [*ConfigError], and does nothing on the network.
func New(config Config) (*Client, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	c := new(Client)
	if c.session, err = newSession(config, &c.life); err != nil {
		return nil, err
	}
	c.tasks = newCISPoller(&c.life, c.listTasks)
	c.watcher = newWatcher(&c.life, c.openCollector, c.readGroups)
	c.paces.Way, c.watcher.way = c.transport.Way, c.transport.Way
	c.watcher.outlived = c.cache.enabled()
	itself := func(id string) string { return id }
	c.machines = httpapi.NewBatch(&c.life, retrieveOp, func(key machineKey) string { return key.id },
		c.readMachines, func(key machineKey) error { return missingVM(key.id) })
	c.objects = httpapi.NewBatch(&c.life, retrieveOp, func(key objectKey) string { return key.id },
		c.readObjects, missingObjectError)
	c.names = httpapi.NewBatch(&c.life, "GET "+vmPath, func(key vmName) string { return key.folderID },
		c.readNames, func(vmName) error { return nil })
	c.specs = httpapi.NewBatch(&c.life, "GET "+specsPath, itself, c.readSpecs, func(string) error { return nil })
	c.devices = httpapi.NewBatch(&c.life, retrieveOp, itself, c.readDevices, missingVM)
	c.backings = httpapi.NewBatch(&c.life, retrieveOp, itself, c.readBackings, missingNetwork)
	c.rootFolders = httpapi.NewBatch(&c.life, retrieveOp, itself, c.readRootFolders, missingVM)
	c.snapshots = httpapi.NewBatch(&c.life, retrieveOp, itself, c.readSnapshots, missingVM)
	c.pairs = httpapi.NewBatch(&c.life, retrieveOp, func(key pairKey) string { return key.id },
		c.readPairs, func(key pairKey) error { return missingVM(key.id) })
	if config.MaxConcurrentTasks > 0 {
		c.slots = make(chan struct{}, config.MaxConcurrentTasks)
	}

	return c, nil
}

// Close logs out, unless the session is kept in the cache, and stops everything that runs in the background. Calls that are
// still under way end with an error of kind Cancelled. Closing again does nothing.
func (c *Client) Close(ctx context.Context) error {
	var err error
	c.closing.Do(func() {
		err = c.life.End(ctx)
		err = errors.Join(err, c.logout(ctx))
		c.transport.CloseIdleConnections()
	})

	return err
}

// About tells which vCenter this is (ServiceContent.about). It needs no login, and no request after the first call.
func (c *Client) About(ctx context.Context) (About, error) {
	vim, err := c.identify(ctx)
	if err != nil {
		return About{}, err
	}
	about := vim.ServiceContent.About

	return About{
		InstanceUUID: about.InstanceUuid, Name: about.Name, Version: about.Version, APIVersion: about.ApiVersion,
	}, nil
}

// ServerTime returns the time by vCenter's clock, to the second. It costs no request once vCenter has answered anything.
func (c *Client) ServerTime(ctx context.Context) (time.Time, error) {
	if _, err := c.identify(ctx); err != nil {
		return time.Time{}, err
	}
	if now, known := c.clock.now(); known {
		return now, nil
	}

	return c.currentTime(ctx)
}

// AcquireTaskSlot waits until fewer than Config.MaxConcurrentTasks slots are taken and takes one. The release function may
// be called more than once. The error is the end of ctx.
func (c *Client) AcquireTaskSlot(ctx context.Context) (release func(), err error) {
	if c.slots == nil {
		return func() {}, nil
	}
	defer c.life.Enter(ctx).Leave()
	select {
	case c.slots <- struct{}{}:
		return sync.OnceFunc(func() { <-c.slots }), nil
	case <-ctx.Done():
		return nil, httpapi.Call{Op: "AcquireTaskSlot"}.Interrupted(ctx, nil)
	}
}

// currentTime asks vCenter for its time (ServiceInstance.CurrentTime).
func (c *Client) currentTime(ctx context.Context) (time.Time, error) {
	var now *time.Time
	err := c.vimCall(ctx, httpapi.Call{Op: "CurrentTime"}, func(ctx context.Context, vim *vim25.Client) error {
		var err error
		now, err = methods.GetCurrentTime(ctx, vim)

		return err //nolint:wrapcheck // vimCall classifies it
	})
	if err != nil {
		return time.Time{}, err
	}

	return now.UTC(), nil
}
