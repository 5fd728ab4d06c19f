package zstack

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"
)

// Config says which management node to speak to, with which credentials, and how; see [conn.Config].
type Config = conn.Config

// ConfigError says which part of a [Config] is wrong; see [conn.ConfigError].
type ConfigError = conn.ConfigError

// CodeError is an error as ZStack tells it. It is in the chain of every error that ZStack itself answered.
type CodeError = conn.CodeError

// NewUUID returns a new uuid as ZStack writes them: 32 lower-case hexadecimal digits.
func NewUUID() string { return conn.NewUUID() }

// Client speaks to one ZStack management node. It connects when it is first used, may be used by any number of goroutines,
// and must be closed.
type Client struct {
	conn *conn.Conn
	jobs *job.Jobs

	machines     *httpapi.Batch[string, *VirtualMachine]
	machineNames *httpapi.Batch[string, []VirtualMachine]
	objects      *httpapi.Batch[objectKey, Object]
	objectNames  *httpapi.Batch[objectKey, []Object]
	volumes      *httpapi.Batch[string, *Volume]
	systemTags   *httpapi.Batch[string, []Tag]
	userTags     *httpapi.Batch[string, []Tag]
	groups       *httpapi.Batch[string, *SnapshotGroup]
	groupNames   *httpapi.Batch[groupName, []SnapshotGroup]
	trees        *httpapi.Batch[string, []SnapshotNode]
	owners       *httpapi.Batch[string, Account]
}

// New checks the configuration, its mistakes are a [*ConfigError], and does nothing on the network.
func New(config Config) (*Client, error) {
	connection, err := conn.New(config)
	if err != nil {
		return nil, err
	}
	c := &Client{conn: connection, jobs: job.NewJobs(connection)}
	life := &connection.Life
	itself := func(key string) string { return key }
	ofKey := func(key objectKey) string { return key.id }
	c.machines = httpapi.NewBatch(life, queryVMOp, itself, c.readMachines, missing(queryVMOp))
	c.machineNames = httpapi.NewBatch(life, queryVMOp, itself, c.readMachineNames, none[string])
	c.objects = httpapi.NewBatch(life, "Query", ofKey, c.readObjects, missingObject)
	c.objectNames = httpapi.NewBatch(life, "Query", ofKey, c.readObjectNames, none[objectKey])
	c.volumes = httpapi.NewBatch(life, queryVolumeOp, itself, c.readVolumes, missing(queryVolumeOp))
	c.systemTags = httpapi.NewBatch(life, querySystemTagOp, itself, c.readTags(querySystemTagOp, systemTagPath), none[string])
	c.userTags = httpapi.NewBatch(life, queryUserTagOp, itself, c.readTags(queryUserTagOp, userTagPath), none[string])
	c.groups = httpapi.NewBatch(life, queryGroupOp, itself, c.readGroups, missing(queryGroupOp))
	c.groupNames = httpapi.NewBatch(life, queryGroupOp, func(key groupName) string { return key.vmUUID }, c.readGroupNames, none[groupName])
	c.trees = httpapi.NewBatch(life, queryTreeOp, itself, c.readTrees, none[string])
	c.owners = httpapi.NewBatch(life, ownerOp, itself, c.readOwners, missing(ownerOp))

	return c, nil
}

// Close logs out and stops everything that runs in the background. Calls that are still under way end with an error of kind
// Cancelled. Closing again does nothing.
func (c *Client) Close(ctx context.Context) error {
	return c.conn.Close(ctx)
}
