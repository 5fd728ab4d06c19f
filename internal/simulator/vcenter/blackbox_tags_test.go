package vcenter_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	categories  = "/api/cis/tagging/category"
	tagList     = "/api/cis/tagging/tag"
	association = "/api/cis/tagging/tag-association"
)

// make creates a tag or a category and returns its id.
func (c *restClient) make(t *testing.T, path string, body spec) string {
	t.Helper()
	got := c.do(t.Context(), http.MethodPost, path, body)
	got.wantStatus(t, http.StatusCreated)
	var id string
	got.decode(t, &id)

	return id
}

// TestBlackBoxTags creates tags, attaches them one by one and many at a time, and takes them off.
func TestBlackBoxTags(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest, ctx := loginREST(t, server), t.Context()
	vm := spec{"id": mustVM(t, server, golden).ID, "type": "VirtualMachine"}
	tags := func(want ...string) {
		t.Helper()
		got := mustVM(t, server, golden).Tags
		var listed []string
		rest.do(ctx, http.MethodPost, association+"?action=list-attached-tags", spec{"object_id": vm}).decode(t, &listed)
		if !slices.Equal(got, want) || !slices.Equal(listed, want) {
			t.Errorf("the VM has the tags %v, the API lists %v, want %v", got, listed, want)
		}
	}
	many := rest.make(t, categories, spec{"name": "team", "description": "who", "cardinality": "MULTIPLE", "associable_types": []string{"VirtualMachine"}})
	one := rest.make(t, categories, spec{"name": "tier", "description": "", "cardinality": "SINGLE", "associable_types": []string{}})
	rest.do(ctx, http.MethodPost, categories, spec{"name": "tier", "cardinality": "SINGLE"}).wantError(t, http.StatusBadRequest, "ALREADY_EXISTS")
	red := rest.make(t, tagList, spec{"category_id": many, "name": "red"})
	blue := rest.make(t, tagList, spec{"category_id": many, "name": "blue"})
	gold := rest.make(t, tagList, spec{"category_id": one, "name": "gold"})
	iron := rest.make(t, tagList, spec{"category_id": one, "name": "iron"})
	rest.do(ctx, http.MethodPost, tagList, spec{"category_id": many, "name": "red"}).wantError(t, http.StatusBadRequest, "ALREADY_EXISTS")
	rest.do(ctx, http.MethodPost, tagList, spec{"category_id": "urn:none", "name": "red"}).wantError(t, http.StatusNotFound, "NOT_FOUND")

	attach := func(id, action string) reply {
		return rest.do(ctx, http.MethodPost, association+"/"+url.PathEscape(id)+"?action="+action, spec{"object_id": vm})
	}
	attach(red, "detach").wantStatus(t, http.StatusNoContent) // before any tag is attached
	attach(red, "attach").wantStatus(t, http.StatusNoContent)
	attach(red, "attach").wantStatus(t, http.StatusNoContent)
	attach(gold, "attach").wantStatus(t, http.StatusNoContent)
	attach(iron, "attach").wantError(t, http.StatusBadRequest, "INVALID_ARGUMENT")
	attach("urn:none", "attach").wantError(t, http.StatusNotFound, "NOT_FOUND")
	tags(red, gold)
	attach(gold, "detach").wantStatus(t, http.StatusNoContent)
	attach(gold, "detach").wantStatus(t, http.StatusNoContent)
	tags(red)

	var answer struct {
		Success  bool `json:"success"`
		Messages []struct {
			Message string `json:"default_message"`
		} `json:"error_messages"`
	}
	batch := func(action string, ids ...string) {
		t.Helper()
		got := rest.do(ctx, http.MethodPost, association+"?action="+action, spec{"object_id": vm, "tag_ids": ids})
		got.wantStatus(t, http.StatusOK)
		got.decode(t, &answer)
	}
	batch("attach-multiple-tags-to-object", blue, "urn:none", iron)
	if answer.Success || len(answer.Messages) != 1 {
		t.Errorf("the answer to a batch: %+v", answer)
	}
	tags(red, blue, iron)
	batch("detach-multiple-tags-from-object", red, iron)
	if !answer.Success || len(answer.Messages) != 0 {
		t.Errorf("the answer to a batch: %+v", answer)
	}
	tags(blue)

	var listed []struct {
		Object spec     `json:"object_id"`
		Tags   []string `json:"tag_ids"`
	}
	gone := spec{"id": "vm-99999", "type": "VirtualMachine"}
	rest.do(ctx, http.MethodPost, association+"?action=list-attached-tags-on-objects", spec{"object_ids": []spec{vm, gone}}).decode(t, &listed)
	if len(listed) != 1 || !slices.Equal(listed[0].Tags, []string{blue}) {
		t.Errorf("the tags of objects: %+v", listed)
	}
	rest.do(ctx, http.MethodPost, association+"?action=list-attached-tags", spec{"object_id": gone}).wantError(t, http.StatusForbidden, "UNAUTHORIZED")
	pool := spec{"id": mustID(t, server, "/DC0/host/DC0_C0/Resources"), "type": "ResourcePool"}
	rest.do(ctx, http.MethodPost, association+"/"+url.PathEscape(red)+"?action=attach", spec{"object_id": pool}).wantError(t, http.StatusBadRequest, "INVALID_ARGUMENT")
	rest.do(ctx, http.MethodDelete, tagList+"/"+url.PathEscape(blue), nil).wantStatus(t, http.StatusNoContent)
	rest.do(ctx, http.MethodGet, tagList+"/"+url.PathEscape(blue), nil).wantError(t, http.StatusNotFound, "NOT_FOUND")
	tags()
}

// TestBlackBoxTagPrivileges lets the read-only user see tags, and nothing more.
func TestBlackBoxTagPrivileges(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest, ctx := loginREST(t, server), t.Context()
	vm := spec{"id": mustVM(t, server, golden).ID, "type": "VirtualMachine"}
	category := rest.make(t, categories, spec{"name": "team", "cardinality": "MULTIPLE"})
	red := rest.make(t, tagList, spec{"category_id": category, "name": "red"})
	one := "/" + url.PathEscape(red)
	reader := loginRESTAs(t, server, "restricted", "restricted")
	for _, try := range []struct {
		verb, path string
		body       spec
	}{
		{http.MethodPost, categories, spec{"name": "x", "cardinality": "SINGLE"}},
		{http.MethodPatch, categories + "/" + url.PathEscape(category), spec{"name": "x"}},
		{http.MethodDelete, categories + "/" + url.PathEscape(category), nil},
		{http.MethodPost, tagList, spec{"category_id": category, "name": "x"}},
		{http.MethodPatch, tagList + one, spec{"name": "x"}},
		{http.MethodDelete, tagList + one, nil},
		{http.MethodPost, association + one + "?action=attach", spec{"object_id": vm}},
		{http.MethodPost, association + one + "?action=detach", spec{"object_id": vm}},
		{http.MethodPost, association + "?action=attach-multiple-tags-to-object", spec{"object_id": vm, "tag_ids": []string{red}}},
	} {
		var body any
		if try.body != nil {
			body = try.body
		}
		reader.do(ctx, try.verb, try.path, body).wantError(t, http.StatusForbidden, "UNAUTHORIZED")
	}
	var ids []string
	reader.get(t, tagList, &ids)
	if !slices.Equal(ids, []string{red}) {
		t.Errorf("the reader sees %v", ids)
	}
	server.AddUser("tagger", "secret", "InventoryService.Tagging.AttachTag", "InventoryService.Tagging.ObjectAttachable")
	loginRESTAs(t, server, "tagger", "secret").do(ctx, http.MethodPost, association+one+"?action=attach", spec{"object_id": vm}).wantStatus(t, http.StatusNoContent)
	var listed []struct {
		Tags []string `json:"tag_ids"`
	}
	reader.do(ctx, http.MethodPost, association+"?action=list-attached-tags-on-objects", spec{"object_ids": []spec{vm}}).decode(t, &listed)
	if len(listed) != 1 || !slices.Equal(listed[0].Tags, []string{red}) {
		t.Errorf("the reader sees the tags %+v", listed)
	}
	anonymous(t, server).do(ctx, http.MethodGet, tagList, nil).wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
}

// TestBlackBoxGovcTags makes tags and custom attributes with a client of the older REST API.
func TestBlackBoxGovcTags(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	cli := newGovc(t, server)
	cli.Run("tags.category.create", "-d", "who", "team")
	cli.Run("tags.create", "-c", "team", "-d", "the red one", "red")
	cli.Run("tags.create", "-c", "team", "blue")
	cli.Run("tags.update", "-d", "warm", "red")
	cli.Run("tags.attach", "red", "/DC0/vm/"+golden)
	wantPrinted(t, cli.Run("tags.attached.ls", "-r", "/DC0/vm/"+golden), "red")
	wantPrinted(t, cli.Run("tags.attached.ls", "red"), mustVM(t, server, golden).ID)
	wantPrinted(t, cli.Run("tags.info", "red"), "warm", "team")
	wantPrinted(t, cli.Run("tags.ls", "-c", "team"), "red", "blue")
	if got := mustVM(t, server, golden).Tags; len(got) != 1 {
		t.Errorf("the VM has the tags %v", got)
	}
	cli.Run("tags.detach", "red", "/DC0/vm/"+golden)
	cli.Run("tags.rm", "red")
	if output, err := cli.Try("tags.info", "red"); err == nil {
		t.Errorf("a tag that was deleted: %s", output)
	}

	cli.Run("fields.add", "-type", "VirtualMachine", "owner")
	cli.Run("fields.set", "owner", "ops", "/DC0/vm/"+golden)
	wantPrinted(t, cli.Run("fields.info", "-n", "owner", "/DC0/vm/"+golden), "ops")
	if got := mustVM(t, server, golden).CustomAttributes; got["owner"] != "ops" {
		t.Errorf("the VM has the attributes %v", got)
	}
}

// TestBlackBoxCustomAttributes sets custom attributes: of the right kind of object, by a user who may.
func TestBlackBoxCustomAttributes(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	ctx := t.Context()
	fields := func(b *snapshotBench) *object.CustomFieldsManager {
		manager, err := object.GetCustomFieldsManager(b.client.Client)
		if err != nil {
			t.Fatal(err)
		}

		return manager
	}
	owner, err := fields(b).Add(ctx, "owner", "VirtualMachine", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	rack, err := fields(b).Add(ctx, "rack", "HostSystem", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fields(b).Add(ctx, "owner", "VirtualMachine", nil, nil)
	wantFault(t, err, "DuplicateName")
	vm := b.vm.Reference()
	wantFault(t, fields(b).Set(ctx, vm, rack.Key, "7"), "InvalidArgument")
	wantFault(t, fields(b).Set(ctx, vm, 4242, "7"), "InvalidArgument")
	wantFault(t, fields(b).Set(ctx, reference("VirtualMachine", "vm-99999"), owner.Key, "7"), "ManagedObjectNotFound")
	limited := b.restrictedTo("Global.SetCustomField")
	wantFault(t, fields(limited).Set(ctx, vm, owner.Key, "ops"), "")
	_, err = fields(limited).Add(ctx, "more", "VirtualMachine", nil, nil)
	wantFault(t, err, "NoPermission")
	_, err = methods.SetCustomValue(ctx, b.client, &types.SetCustomValue{This: vm, Key: "owner", Value: "dev"})
	wantFault(t, err, "")
	_, err = methods.SetCustomValue(ctx, b.client, &types.SetCustomValue{This: vm, Key: "rack", Value: "7"})
	wantFault(t, err, "InvalidArgument")
	wantFault(t, fields(b.restrictedTo()).Set(ctx, vm, owner.Key, "me"), "NoPermission")
	if seen := mustVM(t, b.server, golden); seen.CustomAttributes["owner"] != "dev" {
		t.Errorf("the VM has the attributes %v", seen.CustomAttributes)
	}
}
