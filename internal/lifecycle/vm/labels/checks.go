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
		return check(ctx, c, client, wanted, (*prior).ManagedLabels(), object{vsphere.TypeVirtualMachine, (*prior).ObjectID()})
	}
	folder, sourceID := config.Parts().FolderID, plan.Common().SourceVMID
	on := object{vsphere.TypeFolder, folder.ValueString()}
	if folder.IsNull() && !sourceID.IsUnknown() && !c.Creating && wanted.Extras() != (vsphere.Extras{}) { // it goes into its source's
		if source, err := c.SourceVM(ctx, sourceID.ValueString()); err == nil {
			on.id = source.Placement.FolderID
		}
	}

	return check(ctx, c, client, wanted, Labels{}, on)
}

// object is what privileges are asked for on; its id is empty where it is not known.
type object struct {
	kind vsphere.ObjectType
	id   string
}

func check(ctx context.Context, c *vm.Checks, client Client, plan, prior Labels, on object) diag.Diagnostics {
	var checks []lifecycle.Check
	tags := !plan.Tags.IsNull() && !plan.Tags.Equal(prior.Tags)
	if ids := lifecycle.TextsIn(plan.Tags); tags && len(ids) > 0 {
		checks = append(checks, func(ctx context.Context) diag.Diagnostics { return checkTags(ctx, c, client, ids) })
	}
	edit := plan.attributeEdit(prior)
	attributes := len(edit) > 0
	maps.DeleteFunc(edit, func(_, value string) bool { return value == "" })
	if names := slices.Sorted(maps.Keys(edit)); len(names) > 0 {
		checks = append(checks, func(ctx context.Context) diag.Diagnostics { return checkAttributes(ctx, c, client, names) })
	}
	if !c.Creating && on.id != "" && (tags || attributes) {
		checks = append(checks, func(ctx context.Context) diag.Diagnostics {
			return checkPrivileges(ctx, c, client, on, tags, attributes)
		})
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

// checkPrivileges warns of privileges that the user lacks. They are no errors: the same apply may grant them, and vCenter does not tell of
// permissions on a single tag.
func checkPrivileges(ctx context.Context, c *vm.Checks, client Client, on object, tags, attributes bool) diag.Diagnostics {
	key := fmt.Sprint("privileges of labels ", on.id, tags, attributes)
	missing, err := lifecycle.Once(ctx, c.Shared, key, func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
		return client.MissingLabelPrivileges(ctx, on.kind, on.id, tags, attributes)
	})
	if err != nil {
		return c.Skipped("that the user may set tags and custom attributes", err)
	}
	var diags diag.Diagnostics
	for _, one := range missing {
		at, why := attributesArgument, "The user lacks this privilege"
		if one.Object != on.id {
			at, why = tagsArgument, "The user lacks this privilege on the whole inventory. A permission on each of the tags serves as well, and can't be asked for"
		}
		diags.Append(tfdiag.Caution(at, fmt.Sprintf("%s needs %s on %s", at, one.Privilege, one.Object),
			why+". Ask an administrator to grant it before you apply"))
	}

	return diags
}
