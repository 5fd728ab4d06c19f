package vcenter

import (
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// method says how a vim25 method is answered; at most one of its functions is set. Without any it is govmomi's.
type method struct {
	// direct answers at once, while the world is held: shared for a method that only reads, else alone.
	direct func(*Server, *call) soap.HasFault
	// unlocked answers without the world, because it waits or locks by itself.
	unlocked func(*Server, *call) soap.HasFault
	// task checks the call and plans its task; response is a value of the method's response type.
	task     func(*Server, *call) (taskPlan, *problem)
	response any
}

// methodTable holds every method that is not simply govmomi's, by "Type.Method", or "*.Method" for any type.
var methodTable = map[string]method{
	"VirtualMachine.CloneVM_Task":      {task: planCloneVM, response: types.CloneVM_TaskResponse{}},
	"VirtualMachine.RelocateVM_Task":   {task: planRelocateVM, response: types.RelocateVM_TaskResponse{}},
	"VirtualMachine.PowerOnVM_Task":    {task: planPowerOn, response: types.PowerOnVM_TaskResponse{}},
	"VirtualMachine.PowerOffVM_Task":   {task: planPowerOff, response: types.PowerOffVM_TaskResponse{}},
	"VirtualMachine.SuspendVM_Task":    {task: planSuspend, response: types.SuspendVM_TaskResponse{}},
	"VirtualMachine.ResetVM_Task":      {task: planStock, response: types.ResetVM_TaskResponse{}},
	"VirtualMachine.ReconfigVM_Task":   {task: planReconfigure, response: types.ReconfigVM_TaskResponse{}},
	"VirtualMachine.Destroy_Task":      {task: planDestroyVM, response: types.Destroy_TaskResponse{}},
	"VirtualMachine.ShutdownGuest":     {direct: shutdownGuest},
	"VirtualMachine.MarkAsTemplate":    {direct: markAsTemplate},
	"VirtualMachine.CustomizeVM_Task":  {task: planStock, response: types.CustomizeVM_TaskResponse{}},
	"VirtualMachine.InstantClone_Task": {task: planInstantClone, response: types.InstantClone_TaskResponse{}},
	"VirtualMachineProvisioningChecker.CheckInstantClone_Task": {
		task: planCheckInstantClone, response: types.CheckInstantClone_TaskResponse{},
	},
	"VirtualMachineProvisioningChecker.CheckClone_Task": {
		task: planCheckClone, response: types.CheckClone_TaskResponse{},
	},
	"VirtualMachineProvisioningChecker.CheckRelocate_Task": {
		task: planCheckRelocate, response: types.CheckRelocate_TaskResponse{},
	},
	"VirtualMachine.CreateSnapshot_Task": {
		task: planCreateSnapshot, response: types.CreateSnapshot_TaskResponse{},
	},
	"VirtualMachine.CreateSnapshotEx_Task": {
		task: planCreateSnapshotEx, response: types.CreateSnapshotEx_TaskResponse{},
	},
	"VirtualMachine.RemoveAllSnapshots_Task": {
		task: planRemoveAllSnapshots, response: types.RemoveAllSnapshots_TaskResponse{},
	},
	"VirtualMachine.RevertToCurrentSnapshot_Task": {
		task: planRevertToCurrent, response: types.RevertToCurrentSnapshot_TaskResponse{},
	},
	"VirtualMachine.ConsolidateVMDisks_Task": {
		task: planConsolidate, response: types.ConsolidateVMDisks_TaskResponse{},
	},
	"VirtualMachineSnapshot.RemoveSnapshot_Task": {
		task: planRemoveSnapshot, response: types.RemoveSnapshot_TaskResponse{},
	},
	"VirtualMachineSnapshot.RevertToSnapshot_Task": {
		task: planRevertToSnapshot, response: types.RevertToSnapshot_TaskResponse{},
	},
	"VirtualMachineSnapshot.RenameSnapshot": {direct: renameSnapshot},
	"Folder.MoveIntoFolder_Task":            {task: planMoveIntoFolder, response: types.MoveIntoFolder_TaskResponse{}},
	"Folder.CreateVM_Task":                  {task: planCreateVM, response: types.CreateVM_TaskResponse{}},
	"Folder.Destroy_Task":                   {task: planDestroyFolder, response: types.Destroy_TaskResponse{}},
	"Folder.CreateFolder":                   {direct: createFolder},
	"*.Rename_Task":                         {task: planRename, response: types.Rename_TaskResponse{}},
	"*.Destroy_Task":                        {task: planStock, response: types.Destroy_TaskResponse{}},

	"VirtualMachine.CreateSecondaryVM_Task": {
		task: planCreateSecondary, response: types.CreateSecondaryVM_TaskResponse{},
	},
	"VirtualMachine.CreateSecondaryVMEx_Task": {
		task: planCreateSecondaryEx, response: types.CreateSecondaryVMEx_TaskResponse{},
	},
	"VirtualMachine.TurnOffFaultToleranceForVM_Task": {
		task: planTurnOffFT, response: types.TurnOffFaultToleranceForVM_TaskResponse{},
	},
	"VirtualMachine.DisableSecondaryVM_Task": {
		task: planDisableSecondary, response: types.DisableSecondaryVM_TaskResponse{},
	},
	"VirtualMachine.EnableSecondaryVM_Task": {
		task: planEnableSecondary, response: types.EnableSecondaryVM_TaskResponse{},
	},
	"VirtualMachine.MakePrimaryVM_Task": {
		task: planMakePrimary, response: types.MakePrimaryVM_TaskResponse{},
	},
	"VirtualMachine.TerminateFaultTolerantVM_Task": {
		task: planTerminate, response: types.TerminateFaultTolerantVM_TaskResponse{},
	},
	"VirtualMachine.QueryFaultToleranceCompatibility":   {direct: queryFTCompatibility},
	"VirtualMachine.QueryFaultToleranceCompatibilityEx": {direct: queryFTCompatibility},

	"ClusterComputeResource.ReconfigureComputeResource_Task": {
		task: planReconfigureCluster, response: types.ReconfigureComputeResource_TaskResponse{},
	},
	"ClusterComputeResource.ApplyRecommendation":   {direct: applyRecommendation},
	"ClusterComputeResource.CancelRecommendation":  {direct: cancelRecommendation},
	"ClusterComputeResource.RefreshRecommendation": {direct: refreshRecommendation},

	"Task.CancelTask": {direct: cancelVimTask},

	"AuthorizationManager.HasPrivilegeOnEntities":       {direct: hasPrivilegeOnEntities},
	"AuthorizationManager.HasPrivilegeOnEntity":         {direct: hasPrivilegeOnEntity},
	"AuthorizationManager.HasUserPrivilegeOnEntities":   {direct: hasUserPrivilegeOnEntities},
	"AuthorizationManager.FetchUserPrivilegeOnEntities": {direct: fetchUserPrivilegeOnEntities},

	"SessionManager.Logout":           {direct: logout},
	"SessionManager.TerminateSession": {direct: terminateSession},

	"CustomizationSpecManager.DoesCustomizationSpecExist": {direct: doesCustomizationSpecExist},
	"CustomizationSpecManager.GetCustomizationSpec":       {direct: getCustomizationSpec},
	"CustomizationSpecManager.CreateCustomizationSpec":    {direct: createCustomizationSpec},
	"CustomizationSpecManager.OverwriteCustomizationSpec": {direct: overwriteCustomizationSpec},
	"CustomizationSpecManager.DeleteCustomizationSpec":    {direct: deleteCustomizationSpec},

	"PropertyCollector.CreatePropertyCollector":      {direct: createPropertyCollector},
	"PropertyCollector.DestroyPropertyCollector":     {direct: destroyPropertyCollector},
	"PropertyCollector.CreateFilter":                 {direct: createFilter},
	"PropertyFilter.DestroyPropertyFilter":           {direct: destroyPropertyFilter},
	"PropertyCollector.WaitForUpdatesEx":             {unlocked: waitForUpdatesEx},
	"PropertyCollector.WaitForUpdates":               {unlocked: waitForUpdates},
	"PropertyCollector.CheckForUpdates":              {unlocked: checkForUpdates},
	"PropertyCollector.CancelWaitForUpdates":         {unlocked: cancelWaitForUpdates},
	"PropertyCollector.RetrieveProperties":           {direct: retrieveProperties},
	"PropertyCollector.RetrievePropertiesEx":         {direct: retrievePropertiesEx},
	"PropertyCollector.ContinueRetrievePropertiesEx": {direct: continueRetrievePropertiesEx},
}

func findMethod(kind, name string) method {
	if entry, ok := methodTable[kind+"."+name]; ok {
		return entry
	}

	return methodTable["*."+name]
}

// readingPrefixes begin the names of methods that change nothing but, at most, the caller's own session.
var readingPrefixes = []string{
	"Retrieve", "ContinueRetrieve", "Query", "Find", "Get", "Has", "Fetch", "Current", "SessionIsActive", "DoesCustomization",
	"ReadNext", "ReadPrevious", "WaitForUpdates", "CheckForUpdates", "CancelWaitForUpdates", "CheckClone", "CheckRelocate",
	"CheckInstantClone", "Estimate",
}

// readsOnly reports whether a method changes nothing in the inventory.
func readsOnly(name string) bool {
	for _, prefix := range readingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}

	return false
}

// planStock plans a task whose effect is govmomi's own method.
func planStock(s *Server, c *call) (taskPlan, *problem) {
	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		_, result, p := s.invoke(ctx, c.this, c.method, c.body)

		return result, p
	}}, nil
}
