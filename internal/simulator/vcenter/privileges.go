package vcenter

import (
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// The privileges of a VM's life, each on one object. Which of the first four the source of a clone needs depends on whether it is a template, and on
// whether the clone is to be one.
const (
	privilegeClone          = "VirtualMachine.Provisioning.Clone"
	privilegeDeploy         = "VirtualMachine.Provisioning.DeployTemplate"
	privilegeToTemplate     = "VirtualMachine.Provisioning.CreateTemplateFromVM"
	privilegeCloneTemplate  = "VirtualMachine.Provisioning.CloneTemplate"
	privilegeCustomize      = "VirtualMachine.Provisioning.Customize"
	privilegeCloneEncrypted = "Cryptographer.Clone"
	privilegeCreateFrom     = "VirtualMachine.Inventory.CreateFromExisting"
	privilegeAssignPool     = "Resource.AssignVMToPool"
	privilegeAllocateSpace  = "Datastore.AllocateSpace"
	privilegePowerOn        = "VirtualMachine.Interact.PowerOn"
	privilegePowerOff       = "VirtualMachine.Interact.PowerOff"
	privilegeDelete         = "VirtualMachine.Inventory.Delete"
	privilegeMove           = "VirtualMachine.Inventory.Move"
	privilegeColdMigrate    = "Resource.ColdMigrate"
	privilegeHotMigrate     = "Resource.HotMigrate"
)

// need is a privilege on an object. A need without an object is on what the call is about: the VM that is reconfigured, or the folder of a clone.
type need struct {
	privilege string
	on        types.ManagedObjectReference
}

// requireAll refuses a user without one of the privileges; subject is what needs without an object are on.
func (s *userStore) requireAll(user string, subject types.ManagedObjectReference, needs []need) *problem {
	for _, each := range needs {
		on := each.on
		if on.Value == "" {
			on = subject
		}
		if p := s.require(user, each.privilege, on); p != nil {
			return p
		}
	}

	return nil
}

// moveNeeds returns the privileges of a move into a folder, which vim25 checks "against the source container, destination container, and the object".
func (s *inventory) moveNeeds(ref, to types.ManagedObjectReference) []need {
	privilege := privilegeMove
	if ref.Type == "Folder" {
		privilege = "Folder.Move"
	}

	return append(s.withParent(privilege, ref), need{privilege, to})
}

// destroyNeeds returns the privileges to destroy an object: "the appropriate privilege must be held on the parent of the destroyed entity as well as
// the entity itself".
func (s *inventory) destroyNeeds(ref types.ManagedObjectReference) []need {
	privilege := privilegeDelete
	if ref.Type == "Folder" {
		privilege = "Folder.Delete"
	}

	return s.withParent(privilege, ref)
}

// withParent returns the need of a privilege on an object and on its parent, which the root and what is in a vApp don't have.
func (s *inventory) withParent(privilege string, ref types.ManagedObjectReference) []need {
	needs := []need{{privilege, ref}}
	if entity, ok := s.registry.Get(ref).(mo.Entity); ok && entity.Entity().Parent != nil {
		needs = append(needs, need{privilege, *entity.Entity().Parent})
	}

	return needs
}
