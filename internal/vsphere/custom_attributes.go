package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	fieldsManagerType = "CustomFieldsManager"
	fieldsPath        = "field"
	customValuePath   = "customValue"
)

// CustomAttribute is the definition of a custom attribute (CustomFieldDef).
type CustomAttribute struct {
	Key  int32
	Name string
	Type string // vim25 type of the objects that have it: "VirtualMachine"; empty for all
}

// ForVMs reports whether VMs have the attribute.
func (a CustomAttribute) ForVMs() bool { return a.Type == "" || a.Type == machineType }

// CustomAttributes returns the definitions of all custom attributes (CustomFieldsManager.field).
func (c *Client) CustomAttributes(ctx context.Context) ([]CustomAttribute, error) {
	spec, err := c.fieldsSpec(ctx)
	if err != nil {
		return nil, err
	}
	all, err := c.conn.Retrieve(ctx, "", spec)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Ref.Type == fieldsManagerType {
			return definitions(p), nil
		}
	}

	return nil, nil
}

// fieldsSpec asks for the definitions of custom attributes.
func (c *Client) fieldsSpec(ctx context.Context) (types.PropertyFilterSpec, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return types.PropertyFilterSpec{}, err
	}
	if content.CustomFieldsManager == nil {
		return types.PropertyFilterSpec{}, httpapi.Call{Op: conn.RetrieveOp, Object: fieldsManagerType}.Error(apierr.Unsupported, "")
	}

	return types.PropertyFilterSpec{
		PropSet:   []types.PropertySpec{{Type: fieldsManagerType, PathSet: []string{fieldsPath}}},
		ObjectSet: []types.ObjectSpec{{Obj: *content.CustomFieldsManager}},
	}, nil
}

func definitions(p conn.Properties) []CustomAttribute {
	var defined []CustomAttribute
	for _, field := range conn.Get[types.ArrayOfCustomFieldDef](p, fieldsPath).CustomFieldDef {
		defined = append(defined, CustomAttribute{Key: field.Key, Name: field.Name, Type: field.ManagedObjectType})
	}

	return defined
}

// customValues returns a VM's custom attributes by name. vCenter has no way to take a value away: an empty one is none.
func customValues(p conn.Properties, defined []CustomAttribute) map[string]string {
	values := map[string]string{}
	for _, each := range conn.Get[types.ArrayOfCustomFieldValue](p, customValuePath).CustomFieldValue {
		text, ok := each.(*types.CustomFieldStringValue)
		if !ok || text.Value == "" {
			continue
		}
		for _, attribute := range defined {
			if attribute.Key == text.Key {
				values[attribute.Name] = text.Value
			}
		}
	}

	return values
}

// SetCustomAttribute sets the value of one custom attribute of a VM (SetField); there is no call for several. An empty value takes it away.
func (c *Client) SetCustomAttribute(ctx context.Context, vmID string, key int32, value string) error {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return err
	}
	what := httpapi.Call{Op: "SetField", Object: vmID}
	if content.CustomFieldsManager == nil {
		return what.Error(apierr.Unsupported, "")
	}
	_, err = conn.Call(ctx, c.conn.Method(what), methods.SetField, &types.SetField{
		This: *content.CustomFieldsManager, Entity: vmRef(vmID), Key: key, Value: value,
	})

	return err
}

// The privileges of tags and of custom attributes. vCenter asks for the first on the tag: only a permission on that, or a global one, grants it.
const (
	privilegeAttachTag = "InventoryService.Tagging.AttachTag"
	privilegeTagged    = "InventoryService.Tagging.ObjectAttachable"
	privilegeSetField  = "Global.SetCustomField"
)

// taggedSince is the first API version that has [privilegeTagged].
const taggedSince = "7.0.3"

// LabelSubject is what labels are set on: a VM, or one that is made at a place.
type LabelSubject struct {
	VMID  string    // empty for a VM that is made
	Place Placement // of such a VM
}

func (s LabelSubject) add(needs *needs, privilege string) {
	if s.VMID != "" {
		needs.add(TypeVirtualMachine, s.VMID, privilege)

		return
	}
	needs.addOnNew(s.Place, privilege)
}

// MissingLabelPrivileges says which of the privileges the user lacks that tags and custom attributes need on what they are set on
// (HasUserPrivilegeOnEntities, one call for all that ask within a few milliseconds).
func (c *Client) MissingLabelPrivileges(ctx context.Context, on LabelSubject, tags, attributes bool) ([]apierr.MissingPrivilege, error) {
	known, err := c.conn.AtLeast(ctx, taggedSince)
	if err != nil {
		return nil, err
	}
	var needs needs
	if tags && known {
		on.add(&needs, privilegeTagged)
	}
	if attributes {
		on.add(&needs, privilegeSetField)
	}

	return c.missing(ctx, needs)
}

// MissingTagPrivileges says whether the user lacks a global permission to attach tags, on the inventory's root folder. A permission on each of the
// tags serves as well, and can't be asked for: a tag is no object of the inventory.
func (c *Client) MissingTagPrivileges(ctx context.Context) ([]apierr.MissingPrivilege, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	var needs needs
	needs.add(TypeFolder, content.RootFolder.Value, privilegeAttachTag)

	return c.missing(ctx, needs)
}
