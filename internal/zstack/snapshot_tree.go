package zstack

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

const (
	queryTreeOp = "QueryVolumeSnapshotTree"
	treePath    = "/v1/volume-snapshots/trees"
)

// SnapshotNode is a snapshot with those that depend on it (VolumeSnapshotTree.SnapshotLeafInventory): on a primary storage of files each
// snapshot depends on the one before.
type SnapshotNode struct {
	UUID       string
	Name       string
	VolumeUUID string
	GroupUUID  string // empty for a single snapshot
	CreatedAt  string // as the platform writes it
	Children   []SnapshotNode
}

// Descendants returns the snapshots that depend on this one, and on those.
func (n SnapshotNode) Descendants() []SnapshotNode {
	var all []SnapshotNode
	for _, child := range n.Children {
		all = append(append(all, child), child.Descendants()...)
	}

	return all
}

// treeInventory is a tree on the wire (VolumeSnapshotTreeInventory).
type treeInventory struct {
	VolumeUUID string  `json:"volumeUuid"`
	Tree       *leafed `json:"tree"`
}

// leafed is a node of a tree on the wire.
type leafed struct {
	Inventory struct {
		UUID       string `json:"uuid"`
		Name       string `json:"name"`
		VolumeUUID string `json:"volumeUuid"`
		GroupUUID  string `json:"groupUuid"`
		CreatedAt  date   `json:"createDate"`
	} `json:"inventory"`
	Children []leafed `json:"children"`
}

func (l leafed) node() SnapshotNode {
	node := SnapshotNode{
		UUID: l.Inventory.UUID, Name: l.Inventory.Name, VolumeUUID: l.Inventory.VolumeUUID, GroupUUID: l.Inventory.GroupUUID,
		CreatedAt: string(l.Inventory.CreatedAt),
	}
	for _, child := range l.Children {
		node.Children = append(node.Children, child.node())
	}

	return node
}

// SnapshotTrees reads the roots of a volume's snapshot trees (QueryVolumeSnapshotTree). Reads that arrive together are one request.
func (c *Client) SnapshotTrees(ctx context.Context, volumeUUID string) ([]SnapshotNode, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: queryTreeOp, Object: volumeUUID}, volumeUUID); err != nil {
		return nil, err
	}

	return c.trees.Load(ctx, volumeUUID)
}

func (c *Client) readTrees(ctx context.Context, volumes []string) (map[string][]SnapshotNode, error) {
	found, err := queryUUIDs[treeInventory](ctx, c, queryTreeOp, treePath, "volumeUuid", volumes)
	trees := make(map[string][]SnapshotNode, len(volumes))
	for _, tree := range found {
		if tree.Tree != nil {
			trees[tree.VolumeUUID] = append(trees[tree.VolumeUUID], tree.Tree.node())
		}
	}

	return trees, err
}

// Version returns what the management node says its version is: "5.2.1" (GetVersion).
func (c *Client) Version(ctx context.Context) (string, error) {
	r := conn.Request{
		Call: httpapi.Call{Op: "GetVersion"}, Method: http.MethodPut, Path: "/v1/management-nodes/actions",
		In: map[string]any{"getVersion": struct{}{}},
	}
	var told struct {
		Version string `json:"version"`
	}
	err := c.conn.Read(ctx, r, &told)

	return told.Version, err
}

// TakesSnapshotScope reports whether a version is known to obey [DeleteScope]: the parameter came with 4.10.6, in the line 4.10, and 5.2.1,
// the newest open version, ignores it. A version of which that is not known is reported as one that ignores it.
func TakesSnapshotScope(version string) bool {
	parts := strings.FieldsFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	var numbers [3]int
	for i := range min(len(parts), len(numbers)) {
		numbers[i], _ = strconv.Atoi(parts[i])
	}

	return numbers[0] == 4 && numbers[1] == 10 && numbers[2] >= 6
}
