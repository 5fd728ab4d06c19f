package vsphere

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

// Config says which vCenter to speak to, as which user, and how.
type Config = conn.Config

// ConfigError says which part of a [Config] is wrong.
type ConfigError = conn.ConfigError

// The ways to call vim25 methods.
const (
	APISOAP = conn.APISOAP
	APIJSON = conn.APIJSON // VI/JSON, from vCenter 8.0.1 on
)

// Client speaks to one vCenter. It connects when it is first used, may be used by any number of goroutines, and must be
// closed.
type Client struct {
	conn  *conn.Conn
	tasks *wait.Tasks

	machines       *httpapi.Batch[machineKey, outcome[*VirtualMachine]]
	instances      *httpapi.Batch[string, outcome[string]]
	unreadable     *httpapi.Batch[string, []*VirtualMachine] // under one key
	objects        *httpapi.Batch[objectKey, outcome[Object]]
	found          *httpapi.Batch[foundKey, outcome[Object]]
	names          *httpapi.Batch[folderName, []Object]
	specs          *httpapi.Batch[string, bool]
	customizations *httpapi.Batch[string, outcome[*types.CustomizationSpec]] // customization specifications by name

	devices     *httpapi.Batch[string, outcome[[]types.BaseVirtualDevice]]
	backings    *httpapi.Batch[string, outcome[types.BaseVirtualDeviceBackingInfo]]
	rootFolders *httpapi.Batch[string, string]
	datacenters *httpapi.Batch[objectKey, string]
	snapshots   *httpapi.Batch[string, outcome[SnapshotTree]]
	pairs       *httpapi.Batch[pairKey, outcome[FaultTolerance]]
	linked      *httpapi.Batch[string, outcome[[]LinkedClone]] // by source

	grants   *httpapi.Batch[needed, bool]
	policies *httpapi.Batch[Policied, outcome[string]] // ids of storage policies

	policyService atomic.Pointer[pbmtypes.PbmServiceInstanceContent]

	attachedTags *httpapi.Batch[string, []string] // by VM
	tagChanges   *httpapi.Batch[tagChange, error]
	tagsAt       *httpapi.Batch[string, []Object] // by path

	slots   chan struct{}
	closing sync.Once
}

// New checks the configuration, its mistakes are a [*ConfigError], and does nothing on the network.
func New(config Config) (*Client, error) {
	connection, err := conn.New(config)
	if err != nil {
		return nil, err
	}
	c := &Client{conn: connection, tasks: wait.New(connection)}
	if config.MaxConcurrentTasks > 0 {
		c.slots = make(chan struct{}, config.MaxConcurrentTasks)
	}
	c.shareReads(&connection.Life)

	return c, nil
}

// shareReads makes the batches of what is read.
func (c *Client) shareReads(life *httpapi.Lifetime) {
	itself := func(id string) string { return id }
	c.machines = httpapi.NewBatch(life, conn.RetrieveOp, func(key machineKey) string { return key.id },
		c.readMachines, func(key machineKey) error { return missing(key.id) })
	c.instances = httpapi.NewBatch(life, findByUUIDOp, itself, c.findInstances, func(string) error { return nil })
	c.unreadable = httpapi.NewBatch(life, conn.RetrieveOp, itself, c.readUnreadable, func(string) error { return nil })
	c.objects = httpapi.NewBatch(life, conn.RetrieveOp, func(key objectKey) string { return key.id },
		c.readObjects, func(key objectKey) error { return missing(key.id) })
	c.found = httpapi.NewBatch(life, conn.RetrieveOp, func(key foundKey) string { return key.ref.Value },
		c.readFound, func(key foundKey) error { return missing(key.ref.Value) })
	c.names = httpapi.NewBatch(life, conn.RetrieveOp, func(key folderName) string { return key.folderID },
		c.readNames, func(folderName) error { return nil })
	c.specs = httpapi.NewBatch(life, "GET "+specsPath, itself, c.readSpecs, func(string) error { return nil })
	c.customizations = httpapi.NewBatch(life, getSpecOp, itself, c.readCustomizations, func(string) error { return nil })
	c.devices = httpapi.NewBatch(life, conn.RetrieveOp, itself, c.readDevices, missing)
	c.backings = httpapi.NewBatch(life, conn.RetrieveOp, itself, c.readBackings, missing)
	c.rootFolders = httpapi.NewBatch(life, conn.RetrieveOp, itself, c.readRootFolders, missing)
	c.datacenters = httpapi.NewBatch(life, conn.RetrieveOp, func(key objectKey) string { return key.id },
		c.readDatacenters, func(key objectKey) error { return missing(key.id) })
	c.snapshots = httpapi.NewBatch(life, conn.RetrieveOp, itself, c.readSnapshots, missing)
	c.linked = httpapi.NewBatch(life, conn.RetrieveOp, itself, c.readLinkedClones, missing)
	c.grants = httpapi.NewBatch(life, hasPrivilegeOp, func(need needed) string { return need.object.Value },
		c.readGrants, func(needed) error { return nil })
	c.policies = httpapi.NewBatch(life, queryPoliciesOp, func(of Policied) string { return of.VMID },
		c.readPolicies, func(of Policied) error { return missing(of.VMID) })
	c.pairs = httpapi.NewBatch(life, conn.RetrieveOp, func(key pairKey) string { return key.id },
		c.readPairs, func(key pairKey) error { return missing(key.id) })
	c.attachedTags = httpapi.NewBatch(life, attachedTagsOp, itself, c.readAttachedTags, func(string) error { return nil })
	c.tagChanges = httpapi.NewBatch(life, changeTagsOp, func(change tagChange) string { return change.tagID },
		c.makeTagChanges, func(tagChange) error { return nil })
	c.tagsAt = httpapi.NewBatch(life, "GET "+categoryPath, itself, c.readTagsAt, func(string) error { return nil })
}

// Close logs out, unless the session is kept in the cache, and stops everything that runs in the background. Calls that are
// still under way end with an error of kind Cancelled. Closing again does nothing.
func (c *Client) Close(ctx context.Context) error {
	var err error
	c.closing.Do(func() { err = c.conn.Close(ctx) })

	return err
}

// About tells which vCenter this is (ServiceContent.about). It needs no login, and no request after the first call.
func (c *Client) About(ctx context.Context) (About, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return About{}, err
	}
	about := content.About

	return About{
		InstanceUUID: about.InstanceUuid, Name: about.Name, Version: about.Version, APIVersion: about.ApiVersion,
	}, nil
}

// ServerTime returns the time by vCenter's clock, to the second. It costs no request once vCenter has answered anything.
func (c *Client) ServerTime(ctx context.Context) (time.Time, error) { return c.conn.ServerTime(ctx) }

// UserName returns the user that this client works as, as vCenter spells it (SessionManager.currentSession). It costs no request after
// the first call.
func (c *Client) UserName(ctx context.Context) (string, error) { return c.conn.UserName(ctx) }

// AcquireTaskSlot waits until fewer than Config.MaxConcurrentTasks slots are taken and takes one. The release function may
// be called more than once. The error is the end of ctx.
func (c *Client) AcquireTaskSlot(ctx context.Context) (release func(), err error) {
	if c.slots == nil {
		return func() {}, nil
	}
	release = sync.OnceFunc(func() { <-c.slots })
	select {
	case c.slots <- struct{}{}:
		return release, nil
	default: // all are taken
		c.conn.Logger.InfoContext(ctx, "Waiting until fewer tasks run than max_concurrent_tasks allows", "max_concurrent_tasks", cap(c.slots))
	}
	select {
	case c.slots <- struct{}{}:
		return release, nil
	case <-ctx.Done():
		failure := httpapi.Call{}.Interrupted(ctx, nil)
		failure.Code, failure.Arguments = apierr.CodeNoSlot, []string{strconv.Itoa(cap(c.slots))}

		return nil, failure
	}
}
