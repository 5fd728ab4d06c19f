package vsphere

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	tagPath      = "/api/cis/tagging/tag"
	categoryPath = "/api/cis/tagging/category"
)

// Tag is a tag of vCenter (com.vmware.cis.tagging.Tag).
type Tag struct {
	ID         string `json:"id"` // "urn:vmomi:InventoryServiceTag:…:GLOBAL"
	Name       string `json:"name"`
	CategoryID string `json:"category_id"`
}

// TagCategory is a category of tags (com.vmware.cis.tagging.Category).
type TagCategory struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Cardinality string   `json:"cardinality"`      // SINGLE or MULTIPLE
	Types       []string `json:"associable_types"` // of the objects that its tags can be attached to; none is all of them
}

// Single reports whether an object has one tag of the category at most.
func (c TagCategory) Single() bool { return c.Cardinality == "SINGLE" }

// ForVMs reports whether tags of the category can be attached to VMs. Types may have a namespace: "urn:vim25:VirtualMachine".
func (c TagCategory) ForVMs() bool {
	return len(c.Types) == 0 || slices.ContainsFunc(c.Types, func(of string) bool {
		return of[strings.LastIndexByte(of, ':')+1:] == machineType
	})
}

// Tag reads a tag (GET /api/cis/tagging/tag/{id}). It is an error of kind NotFound where there is none with the id, of kind Denied where the
// user may not see it.
func (c *Client) Tag(ctx context.Context, id string) (Tag, error) {
	return getByID[Tag](ctx, c, tagPath, id)
}

// TagCategory reads a category of tags (GET /api/cis/tagging/category/{id}).
func (c *Client) TagCategory(ctx context.Context, id string) (TagCategory, error) {
	return getByID[TagCategory](ctx, c, categoryPath, id)
}

func getByID[T any](ctx context.Context, c *Client, path, id string) (T, error) {
	var found T
	err := c.conn.REST(ctx, conn.Request{
		Call: httpapi.Call{Op: "GET " + path + "/{id}", Object: id}, Method: http.MethodGet, Path: path, ID: id, Out: &found,
	})

	return found, err
}
