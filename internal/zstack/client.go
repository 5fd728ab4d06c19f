package zstack

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
)

// Client speaks to one ZStack management node. It connects when it is first used, may be used by any number of goroutines,
// and must be closed.
type Client struct {
	endpoint  *url.URL
	timeout   time.Duration
	userAgent string
	config    Config
	transport *httpapi.Transport
	http      *http.Client
	key       *accessKey // nil with an account
	session   session
	contact   httpapi.Contact
	meeting   chan struct{} // held by the one who makes the first contact with an access key
	life      httpapi.Lifetime
	spoken    atomic.Bool // whether ZStack has ever answered as such
	clones    cloneBatcher
	paces     poll.Paces // of jobs

	appointments appointments
	closing      sync.Once

	machines     *httpapi.Batch[string, *VirtualMachine]
	machineNames *httpapi.Batch[string, []VirtualMachine]
	objects      *httpapi.Batch[objectKey, Object]
	objectNames  *httpapi.Batch[objectKey, []Object]
	volumes      *httpapi.Batch[string, *Volume]
	systemTags   *httpapi.Batch[string, []Tag]
	userTags     *httpapi.Batch[string, []Tag]
	groups       *httpapi.Batch[string, *SnapshotGroup]
	groupNames   *httpapi.Batch[groupName, []SnapshotGroup]
}

// New checks the configuration, its mistakes are a [*ConfigError], and does nothing on the network.
func New(config Config) (*Client, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	endpoint, err := parseEndpoint(config.Endpoint)
	if err != nil {
		return nil, err
	}
	location, err := config.location()
	if err != nil {
		return nil, err
	}
	trust, err := httpapi.Trust{
		Host: endpoint.Hostname(), CACertificate: config.CACertificate, AllowUnverifiedTLS: config.AllowUnverifiedTLS,
	}.TLS()
	if err != nil {
		return nil, err
	}
	c := &Client{
		endpoint: endpoint, timeout: config.RequestTimeout, userAgent: config.UserAgent, config: config,
		meeting:   make(chan struct{}, 1),
		transport: httpapi.NewTransport("ZStack", trust, largestAnswer, config.Logger, nil),
	}
	c.http = &http.Client{Transport: c.transport, CheckRedirect: httpapi.RefuseRedirect}
	c.session.account, c.session.password = config.AccountName, config.Password
	if config.AccessKeyID != "" {
		c.key = &accessKey{id: config.AccessKeyID, secret: config.AccessKeySecret, location: location}
	}
	c.clones.client = c
	c.paces.Way = c.transport.Way
	c.shareReads()

	return c, nil
}

// shareReads makes the batches of what is read.
func (c *Client) shareReads() {
	itself := func(key string) string { return key }
	ofKey := func(key objectKey) string { return key.id }
	c.machines = httpapi.NewBatch(&c.life, queryVMOp, itself, c.readMachines, missing(queryVMOp))
	c.machineNames = httpapi.NewBatch(&c.life, queryVMOp, itself, c.readMachineNames, none[string])
	c.objects = httpapi.NewBatch(&c.life, "Query", ofKey, c.readObjects, missingObject)
	c.objectNames = httpapi.NewBatch(&c.life, "Query", ofKey, c.readObjectNames, none[objectKey])
	c.volumes = httpapi.NewBatch(&c.life, queryVolumeOp, itself, c.readVolumes, missing(queryVolumeOp))
	c.systemTags = httpapi.NewBatch(&c.life, "QuerySystemTag", itself, c.readTags("QuerySystemTag", systemTagPath), none[string])
	c.userTags = httpapi.NewBatch(&c.life, "QueryUserTag", itself, c.readTags("QueryUserTag", userTagPath), none[string])
	c.groups = httpapi.NewBatch(&c.life, queryGroupOp, itself, c.readGroups, missing(queryGroupOp))
	c.groupNames = httpapi.NewBatch(&c.life, queryGroupOp, func(key groupName) string { return key.vmUUID },
		c.readGroupNames, none[groupName])
}

// Close logs out and stops everything that runs in the background. Calls that are still under way end with an error of kind
// Cancelled. Closing again does nothing.
func (c *Client) Close(ctx context.Context) error {
	var err error
	c.closing.Do(func() {
		err = c.life.End(ctx)
		err = errors.Join(err, c.logout(ctx))
		c.transport.CloseIdleConnections()
	})

	return err
}

// connected reports whether the endpoint has ever answered as a ZStack does.
func (c *Client) connected() bool { return c.spoken.Load() }

// refusals are the codes of a ZStack that has no node to work, as while it fails over. Of a request with an effect they may come
// from the midst of its work.
var refusals = map[string]httpapi.Effect{
	"SYS.1009": httpapi.Reads, "SYS.1010": httpapi.Reads, "SYS.1011": httpapi.Reads, "SYS.1012": httpapi.Reads,
}

// repeater repeats what meets a passing failure.
func (c *Client) repeater() httpapi.Repeater {
	return httpapi.Repeater{Platform: "ZStack", Logger: c.config.Logger, Connected: c.connected, Refusals: refusals}
}
