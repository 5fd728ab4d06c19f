package vsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmware/govmomi/pbm"
	pbmmethods "github.com/vmware/govmomi/pbm/methods"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const queryPoliciesOp = "PbmQueryAssociatedProfiles"

// Policied is what a storage policy belongs to: the configuration files of a VM, or one of its disks.
type Policied struct {
	VMID    string
	DiskKey string // "2000"; empty for the configuration files
}

// ref returns the object as the service of storage policies names it.
func (p Policied) ref() pbmtypes.PbmServerObjectRef {
	if p.DiskKey == "" {
		return pbmtypes.PbmServerObjectRef{ObjectType: string(pbmtypes.PbmObjectTypeVirtualMachine), Key: p.VMID}
	}

	return pbmtypes.PbmServerObjectRef{ObjectType: string(pbmtypes.PbmObjectTypeVirtualDiskId), Key: p.VMID + ":" + p.DiskKey}
}

// StoragePolicyOf returns the id of the storage policy of a VM's configuration files, or of one of its disks; empty where it has none. All
// that are asked for within a few milliseconds are one call (PbmQueryAssociatedProfiles). What does not exist is an error of kind NotFound.
func (c *Client) StoragePolicyOf(ctx context.Context, of Policied) (string, error) {
	return load(ctx, c.policies, of)
}

func (c *Client) readPolicies(ctx context.Context, wanted []Policied) (map[Policied]outcome[string], error) {
	content, err := c.policyContent(ctx)
	if err != nil {
		return nil, err
	}
	named := make(map[string]Policied, len(wanted))
	request := &pbmtypes.PbmQueryAssociatedProfiles{This: content.ProfileManager}
	for _, one := range wanted {
		ref := one.ref()
		named[ref.Key] = one
		request.Entities = append(request.Entities, ref)
	}
	what := httpapi.Call{Op: queryPoliciesOp}
	answer, err := conn.Call(ctx, c.conn.PolicyMethod(what), pbmmethods.PbmQueryAssociatedProfiles, request)
	if err != nil {
		return nil, err
	}
	found := make(map[Policied]outcome[string], len(wanted))
	for _, result := range answer.Returnval {
		of, asked := named[result.Object.Key]
		switch {
		case !asked:
		case result.Fault != nil:
			found[of] = outcome[string]{err: conn.LocalizedError(httpapi.Call{Op: queryPoliciesOp, Object: of.VMID}, result.Fault)}
		case len(result.ProfileId) == 0:
			found[of] = outcome[string]{}
		default:
			found[of] = outcome[string]{value: result.ProfileId[0].UniqueId}
		}
	}

	return found, nil
}

// policyContent returns the objects of the service of storage policies. Only the first call sends a request.
func (c *Client) policyContent(ctx context.Context) (*pbmtypes.PbmServiceInstanceContent, error) {
	if known := c.policyService.Load(); known != nil {
		return known, nil
	}
	answer, err := conn.Call(ctx, c.conn.PolicyMethod(httpapi.Call{Op: "PbmRetrieveServiceContent"}), pbmmethods.PbmRetrieveServiceContent,
		&pbmtypes.PbmRetrieveServiceContent{This: pbm.ServiceInstance})
	if err != nil {
		return nil, err
	}
	c.policyService.Store(&answer.Returnval)

	return &answer.Returnval, nil
}

// StoragePolicyIDs returns the ids of all storage policies for VMs (PbmQueryProfile).
func (c *Client) StoragePolicyIDs(ctx context.Context) ([]string, error) {
	content, err := c.policyContent(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := conn.Call(ctx, c.conn.PolicyMethod(httpapi.Call{Op: "PbmQueryProfile"}), pbmmethods.PbmQueryProfile, &pbmtypes.PbmQueryProfile{
		This:            content.ProfileManager,
		ResourceType:    pbmtypes.PbmProfileResourceType{ResourceType: string(pbmtypes.PbmProfileResourceTypeEnumSTORAGE)},
		ProfileCategory: string(pbmtypes.PbmProfileCategoryEnumREQUIREMENT),
	})
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(answer.Returnval))
	for _, id := range answer.Returnval {
		ids = append(ids, id.UniqueId)
	}

	return ids, nil
}

// storagePolicies returns the storage policies for VMs that have the name.
func (c *Client) storagePolicies(ctx context.Context, name string) ([]Object, error) {
	all, err := c.allStoragePolicies(ctx)

	return slices.DeleteFunc(all, func(policy Object) bool { return policy.Name != name }), err
}

// allStoragePolicies returns all storage policies for VMs (PbmQueryProfile, PbmRetrieveContent).
func (c *Client) allStoragePolicies(ctx context.Context) ([]Object, error) {
	ids, err := c.StoragePolicyIDs(ctx)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	content, err := c.policyContent(ctx)
	if err != nil {
		return nil, err
	}
	request := &pbmtypes.PbmRetrieveContent{This: content.ProfileManager}
	for _, id := range ids {
		request.ProfileIds = append(request.ProfileIds, pbmtypes.PbmProfileId{UniqueId: id})
	}
	what := httpapi.Call{Op: "PbmRetrieveContent"}
	answer, err := conn.Call(ctx, c.conn.PolicyMethod(what), pbmmethods.PbmRetrieveContent, request)
	if err != nil {
		return nil, err
	}
	found := make([]Object, 0, len(answer.Returnval))
	for _, one := range answer.Returnval {
		profile := one.GetPbmProfile()
		found = append(found, Object{
			Type: TypeStoragePolicy, ID: profile.ProfileId.UniqueId, Name: profile.Name, Path: profile.Name, Accessible: true,
		})
	}

	return found, nil
}

// profiles returns the storage policy with the id as requests name it; none for an empty id, which leaves the present policy.
func profiles(policyID string) []types.BaseVirtualMachineProfileSpec {
	if policyID == "" {
		return nil
	}

	return []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: policyID}}
}

// privilegeViewPolicies is needed on vCenter's root folder, to name a storage policy and to read one.
const privilegeViewPolicies = "StorageProfile.View"

// addPolicies adds the privilege that a request needs which names storage policies.
func (c *Client) addPolicies(ctx context.Context, n *needs, named bool) error {
	if !named {
		return nil
	}
	content, err := c.conn.Content(ctx)
	if err != nil {
		return err
	}
	n.add(TypeFolder, content.RootFolder.Value, privilegeViewPolicies)

	return nil
}

// namesPolicies reports whether the reconfiguration names a storage policy.
func (s ReconfigureSpec) namesPolicies() bool {
	return s.StoragePolicyID != "" ||
		slices.ContainsFunc(slices.Collect(maps.Values(s.Disks)), func(edit DiskEdit) bool { return edit.StoragePolicyID != "" }) ||
		slices.ContainsFunc(s.DisksToAdd, func(disk NewDisk) bool { return disk.StoragePolicyID != "" })
}

// namesPolicies reports whether the clone names a storage policy.
func (s CloneSpec) namesPolicies() bool {
	return s.StoragePolicyID != "" || len(s.DiskPolicies) > 0 || s.Config.namesPolicies()
}
