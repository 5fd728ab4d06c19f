package vcenter

import (
	"strconv"
	"strings"

	pbmmethods "github.com/vmware/govmomi/pbm/methods"
	pbmsim "github.com/vmware/govmomi/pbm/simulator"
	pbm "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// home is the key of the profile of a VM's own files. The profile of a disk has the key of the disk.
const home = int32(0)

// profileIn returns the id of the storage policy that specs name. The id is empty if they remove the policy; named is false if they say
// nothing about it.
func profileIn(specs []types.BaseVirtualMachineProfileSpec) (id string, named bool) {
	for _, spec := range specs {
		switch x := spec.(type) {
		case *types.VirtualMachineDefinedProfileSpec:
			return x.ProfileId, true
		case *types.VirtualMachineEmptyProfileSpec, *types.VirtualMachineDefaultProfileSpec:
			return "", true
		}
	}

	return "", false
}

// checkProfile refuses a storage policy that does not exist.
func (s *profileStore) checkProfile(property string, specs []types.BaseVirtualMachineProfileSpec) *problem {
	id, named := profileIn(specs)
	if !named || id == "" || s.exists(id) {
		return nil
	}

	return badArgument(property+".profileId", "There is no storage policy %q.", id)
}

// needs returns the privilege that a request needs which names storage policies.
func (s *profileStore) needs(named ...[]types.BaseVirtualMachineProfileSpec) []need {
	for _, specs := range named {
		if id, _ := profileIn(specs); id != "" {
			return []need{{privilegeViewProfiles, s.inventory.rootFolder()}}
		}
	}

	return nil
}

func (s *profileStore) exists(id string) bool {
	defaultProfiles.RLock()
	defer defaultProfiles.RUnlock()
	manager := s.manager()
	answer := manager.PbmRetrieveContent(&pbm.PbmRetrieveContent{
		This: manager.Reference(), ProfileIds: []pbm.PbmProfileId{{UniqueId: id}},
	})

	return answer.Fault() == nil
}

func (s *profileStore) manager() *pbmsim.ProfileManager {
	for _, object := range s.service.AllReference("PbmProfileProfileManager") {
		if manager, ok := object.(*pbmsim.ProfileManager); ok {
			return manager
		}
	}

	return &pbmsim.ProfileManager{}
}

// assign notes the storage policy of a disk, or of the home of a VM.
func (s *profileStore) assign(vm types.ManagedObjectReference, key int32, specs []types.BaseVirtualMachineProfileSpec) {
	id, named := profileIn(specs)
	if !named {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.assigned == nil {
		s.assigned = map[types.ManagedObjectReference]map[int32]string{}
	}
	if s.assigned[vm] == nil {
		s.assigned[vm] = map[int32]string{}
	}
	s.assigned[vm][key] = id
}

// of returns the storage policy of a disk, or of the home of a VM; empty for none.
func (s *profileStore) of(vm types.ManagedObjectReference, key int32) string {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.assigned[vm][key]
}

// forget removes the policy of a disk that is removed.
func (s *profileStore) forget(vm types.ManagedObjectReference, key int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.assigned[vm], key)
}

// move lets VMs and their disks keep their policies under other references of the VMs.
func (s *profileStore) move(refs references) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assigned = moved(s.assigned, refs)
}

// associations answers which storage policies VMs and disks have, which govmomi does not know.
type associations struct {
	*pbmsim.ProfileManager

	profiles *profileStore
}

// PbmQueryAssociatedProfile answers for one object.
func (a *associations) PbmQueryAssociatedProfile(req *pbm.PbmQueryAssociatedProfile) soap.HasFault {
	return &pbmmethods.PbmQueryAssociatedProfileBody{
		Res: &pbm.PbmQueryAssociatedProfileResponse{Returnval: a.ids(req.Entity)},
	}
}

// PbmQueryAssociatedProfiles answers for many objects.
func (a *associations) PbmQueryAssociatedProfiles(req *pbm.PbmQueryAssociatedProfiles) soap.HasFault {
	answer := &pbm.PbmQueryAssociatedProfilesResponse{}
	for _, object := range req.Entities {
		result := pbm.PbmQueryProfileResult{Object: object, ProfileId: a.ids(object)}
		if id, _, _ := strings.Cut(object.Key, ":"); a.profiles.inventory.registry.Get(vmRef(id)) == nil {
			fault := notFound(vmRef(id)).vimFault()
			result.Fault = &types.LocalizedMethodFault{Fault: fault, LocalizedMessage: "The object has been deleted."}
		}
		answer.Returnval = append(answer.Returnval, result)
	}

	return &pbmmethods.PbmQueryAssociatedProfilesBody{Res: answer}
}

// PbmQueryIOFiltersFromProfileId answers for policies without filters as well, which govmomi refuses.
func (a *associations) PbmQueryIOFiltersFromProfileId( //nolint:revive // the name of the method
	req *pbm.PbmQueryIOFiltersFromProfileId,
) soap.HasFault {
	content := a.PbmRetrieveContent(&pbm.PbmRetrieveContent{This: req.This, ProfileIds: req.ProfileIds})
	if content.Fault() != nil {
		return a.ProfileManager.PbmQueryIOFiltersFromProfileId(req)
	}
	answer := &pbm.PbmQueryIOFiltersFromProfileIdResponse{}
	for _, id := range req.ProfileIds {
		one := pbm.PbmProfileToIofilterMap{Key: id}
		if encrypting(id.UniqueId) {
			one.Iofilters = []pbm.PbmIofilterInfo{{FilterType: string(pbm.PbmIofilterInfoFilterTypeENCRYPTION)}}
		}
		answer.Returnval = append(answer.Returnval, one)
	}

	return &pbmmethods.PbmQueryIOFiltersFromProfileIdBody{Res: answer}
}

// encrypting reports whether a storage policy has the filter for encryption: the one that every vCenter has.
func encrypting(policyID string) bool { return policyID == pbmsim.DefaultEncryptionProfileID }

// ids returns the policy of "vm-42" or of its disk, "vm-42:2000".
func (a *associations) ids(object pbm.PbmServerObjectRef) []pbm.PbmProfileId {
	id, key, _ := strings.Cut(object.Key, ":")
	number, _ := strconv.ParseInt(key, 10, 32) // an absent key is 0, which is home
	if found := a.profiles.of(vmRef(id), int32(number)); found != "" {
		return []pbm.PbmProfileId{{UniqueId: found}}
	}

	return nil
}
