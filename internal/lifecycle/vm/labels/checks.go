package labels

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Check checks the labels of a VM that is about to be made, or those that a plan changes of one: prior is its state, nil for a new one.
func Check[M Model[M]](ctx context.Context, c *vm.Checks, client Client, config, plan M, prior *M) diag.Diagnostics {
	wanted := plan.ManagedLabels()
	if prior != nil {
		asked := question{
			client: client, on: vsphere.LabelSubject{VMID: (*prior).ObjectID()}, in: (*prior).Parts().FolderID.ValueString(),
			asker: (*prior).ObjectID(), op: plan.Operation("change", lifecycle.UpdateTimeout),
		}

		return check(ctx, c, wanted, (*prior).ManagedLabels(), asked)
	}
	asked := question{client: client, asker: plan.ObjectName(), op: plan.Operation("label", lifecycle.CreateTimeout)}
	if !c.Creating && wanted.Extras() != (vsphere.Extras{}) {
		asked.on.Place = newPlace(ctx, c, config.Parts(), plan.Common().SourceVMID)
		asked.in = fmt.Sprint(asked.on.Place)
	}

	return check(ctx, c, wanted, Labels{}, asked)
}

// newPlace returns the folder and the pool that a new VM comes into, as far as they are known: what is not set is its source's.
func newPlace(ctx context.Context, c *vm.Checks, wanted vm.Placement, sourceID types.String) vsphere.Placement {
	place := vsphere.Placement{FolderID: wanted.FolderID.ValueString(), ResourcePoolID: wanted.ResourcePoolID.ValueString()}
	if !wanted.FolderID.IsNull() || sourceID.IsUnknown() {
		return place
	}
	if source, err := c.SourceVM(ctx, sourceID.ValueString()); err == nil {
		place.FolderID = source.Placement.FolderID
		if wanted.ResourcePoolID.IsNull() && wanted.ClusterID.IsNull() && wanted.HostID.IsNull() {
			place.ResourcePoolID = source.Placement.ResourcePoolID
		}
	}

	return place
}

// question asks for the privileges of labels.
type question struct {
	client Client
	on     vsphere.LabelSubject
	in     string // the same for VMs that share a question: see [vm.Privileges]
	asker  string
	op     tfdiag.Operation
}

// known reports whether it is known what the labels are set on.
func (q question) known() bool { return q.on.VMID != "" || q.on.Place.FolderID != "" }

// check checks the privileges for tags, or for custom attributes, of which at is the argument.
func (q question) check(ctx context.Context, c *vm.Checks, tags bool, at path.Path) diag.Diagnostics {
	q.op.Attributes = map[string]path.Path{q.on.VMID: at, q.on.Place.FolderID: at}
	delete(q.op.Attributes, "")

	return vm.Privileges{
		Operation: q.op, About: q.on.VMID, Key: fmt.Sprint("for ", at, " in ", q.in), Asker: q.asker,
		Ask: func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
			return q.client.MissingLabelPrivileges(ctx, q.on, tags, !tags)
		},
	}.Check(ctx, c.Shared)
}

func check(ctx context.Context, c *vm.Checks, plan, prior Labels, asked question) diag.Diagnostics {
	var checks []lifecycle.Check
	tags := !plan.Tags.IsNull() && !plan.Tags.Equal(prior.Tags)
	if ids := lifecycle.TextsIn(plan.Tags); tags && len(ids) > 0 {
		checks = append(checks, func(ctx context.Context) diag.Diagnostics { return checkTags(ctx, c, asked.client, ids) })
	}
	edit := plan.attributeEdit(prior)
	attributes := len(edit) > 0
	maps.DeleteFunc(edit, func(_, value string) bool { return value == "" })
	if names := slices.Sorted(maps.Keys(edit)); len(names) > 0 {
		checks = append(checks, func(ctx context.Context) diag.Diagnostics { return checkAttributes(ctx, c, asked.client, names) })
	}
	if c.Creating || !asked.known() {
		return lifecycle.RunChecks(ctx, checks)
	}
	if tags {
		checks = append(checks,
			func(ctx context.Context) diag.Diagnostics { return asked.check(ctx, c, true, tagsArgument) },
			func(ctx context.Context) diag.Diagnostics { return warnOfTags(ctx, c, asked.client) })
	}
	if attributes {
		checks = append(checks, func(ctx context.Context) diag.Diagnostics { return asked.check(ctx, c, false, attributesArgument) })
	}

	return lifecycle.RunChecks(ctx, checks)
}

// checkTags refuses tags that don't exist, that are not for VMs, or of which a VM can have one only.
func checkTags(ctx context.Context, c *vm.Checks, client Client, ids []string) diag.Diagnostics {
	found, failures := make([]categorized, len(ids)), make([]error, len(ids))
	var group sync.WaitGroup
	for i, id := range ids {
		group.Go(func() { found[i], failures[i] = categorizedTag(ctx, c.Shared, client, id) })
	}
	group.Wait()
	var diags diag.Diagnostics
	byCategory := map[string][]string{}
	for i, id := range ids {
		tag, category := found[i].Tag, found[i].category
		switch err := failures[i]; {
		case apierr.Is(err, apierr.NotFound):
			diags.Append(tfdiag.MissingObject(tfdiag.Reference{Attribute: tagsArgument, What: "tag", ID: id, Platform: tfdiag.VSphere}))

			continue
		case err != nil:
			diags.Append(c.Skipped("that the tags can be attached", err)...)

			return diags
		}
		if !category.ForVMs() {
			diags.Append(tfdiag.Conflict(tagsArgument, fmt.Sprintf("The tag %q is not for virtual machines", tag.Name),
				fmt.Sprintf("%s is of the category %q, whose tags can be attached to: %s. Remove it from tags, or add VirtualMachine to the "+
					"category", id, category.Name, strings.Join(category.Types, ", "))))
		}
		if category.Single() {
			byCategory[category.Name] = append(byCategory[category.Name], fmt.Sprintf("%s (%q)", id, tag.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byCategory)) {
		if several := byCategory[name]; len(several) > 1 {
			diags.Append(tfdiag.Conflict(tagsArgument, fmt.Sprintf("A machine can have one tag of the category %q", name),
				fmt.Sprintf("These are of that category, whose cardinality is single: %s. Keep one of them", strings.Join(several, ", "))))
		}
	}

	return diags
}

// categorized is a tag with its category.
type categorized struct {
	vsphere.Tag

	category vsphere.TagCategory
}

// categorizedTag reads a tag and its category, which many VMs have in common.
func categorizedTag(ctx context.Context, shared *lifecycle.Shared, client Client, id string) (categorized, error) {
	tag, err := lifecycle.Recently(ctx, shared, "tag "+id, func(ctx context.Context) (vsphere.Tag, error) { return client.Tag(ctx, id) })
	if err != nil {
		return categorized{}, err
	}
	category, err := lifecycle.Recently(ctx, shared, "category "+tag.CategoryID, func(ctx context.Context) (vsphere.TagCategory, error) {
		return client.TagCategory(ctx, tag.CategoryID)
	})

	return categorized{tag, category}, err
}

// checkAttributes refuses custom attributes that VMs don't have. One that is not defined is a warning of the plan, since the same apply may
// define it, and an error before the VM is made.
func checkAttributes(ctx context.Context, c *vm.Checks, client Client, names []string) diag.Diagnostics {
	defined, err := definitions(ctx, client, c.Shared, names)
	if err != nil {
		return c.Skipped("that the custom attributes are defined", err)
	}
	keys := keysIn(defined)
	var diags diag.Diagnostics
	for _, name := range names {
		if _, ok := keys[name]; ok {
			continue
		}
		diags.Append(unusable(attributesArgument.AtMapKey(name), name, defined, c.Creating))
	}

	return diags
}

// unusable describes a custom attribute that VMs don't have.
func unusable(at path.Path, name string, defined []vsphere.CustomAttribute, creating bool) diag.Diagnostic {
	for _, attribute := range defined {
		if attribute.Name == name {
			return tfdiag.Conflict(at, fmt.Sprintf("The custom attribute %q is not for virtual machines", name),
				fmt.Sprintf("It is defined for objects of the type %s alone. Use another one, or define one for virtual machines", attribute.Type))
		}
	}
	known := "Virtual machines have none"
	if names := slices.Sorted(maps.Keys(keysIn(defined))); len(names) > 0 {
		known = "Virtual machines have these: " + strings.Join(names, ", ")
	}
	if creating {
		return tfdiag.Conflict(at, fmt.Sprintf("There is no custom attribute %q", name), known+". Define it in vCenter, or correct the name")
	}

	return tfdiag.Caution(at, fmt.Sprintf("There is no custom attribute %q yet", name),
		"The same apply may define it. Otherwise the apply fails, before it makes anything new: check the name. "+known)
}

// warnOfTags warns where the user has no global permission to attach tags. It is no error: a permission on each of the tags serves as well, and vCenter
// does not tell of those. It is said once.
func warnOfTags(ctx context.Context, c *vm.Checks, client Client) diag.Diagnostics {
	if c.Shared.Process.Applying() {
		return nil
	}
	missing, err := lifecycle.Once(ctx, c.Shared, "privileges to attach tags", client.MissingTagPrivileges)
	if err != nil {
		return c.Skipped("that the user may attach tags", err)
	}
	var diags diag.Diagnostics
	for _, one := range missing {
		diags.Append(tfdiag.Caution(tagsArgument, fmt.Sprintf("%s needs %s", tagsArgument, one.Privilege),
			fmt.Sprintf("The user %s has no global permission for it. A permission on each of the tags serves as well, and can't be asked for. "+
				"Where there is none, ask an administrator to grant one or the other before you apply", one.User)))
	}

	return diags
}
