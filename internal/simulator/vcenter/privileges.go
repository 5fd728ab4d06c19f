package vcenter

// The privileges that a clone needs, each on one object: the source, the folder, the pool, each datastore.
const (
	privilegeClone         = "VirtualMachine.Provisioning.Clone"
	privilegeCreateFrom    = "VirtualMachine.Inventory.CreateFromExisting"
	privilegeAssignPool    = "Resource.AssignVMToPool"
	privilegeAllocateSpace = "Datastore.AllocateSpace"
	privilegePowerOn       = "VirtualMachine.Interact.PowerOn"
	privilegePowerOff      = "VirtualMachine.Interact.PowerOff"
	privilegeDelete        = "VirtualMachine.Inventory.Delete"
)
