package vcenter

// The privileges that a clone needs, each on one object: the source, the folder, the pool, each datastore. Which of the first four the
// source needs depends on whether it is a template, and on whether the clone is to be one.
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
)
