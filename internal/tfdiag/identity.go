package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// idsChange says when a managed object id means another object.
const idsChange = "vCenter hands ids out again after it was restored from a backup, and gives a VM another id when it is registered once more."

// NamesAnother is the error of a change that would meet another object: object is the one in state in words (`VM "web"`), id its id
// in state, other what has the id now, and nowID the id that the object has now, empty where vCenter has it no more.
func NamesAnother(object, id, other, nowID string) diag.Diagnostic {
	now := fmt.Sprintf("vCenter has no VM with the instance UUID of the %s any more. The next refresh finds that out.", object)
	if nowID != "" {
		now = fmt.Sprintf("By its instance UUID, the %s is %s now. A refresh takes that id into the state: run \"%s\" "+
			"and then repeat what you did.", object, nowID, Command("apply -refresh-only"))
	}

	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("%s is another VM now", id),
		fmt.Sprintf("In the state, %s is the id of the %s. But now it is that of the %s: the instance UUIDs differ. Nothing was changed.",
			id, object, other), idsChange, now)
}

// DroppedForAnother is the warning of a refresh that finds another object under the id in state, and the object in state nowhere.
func DroppedForAnother(object, id, other string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("%s is another VM now", id),
		fmt.Sprintf("In the state, %s is the id of the %s. But now it is that of the %s: the instance UUIDs differ. vCenter has no VM with "+
			"the instance UUID of the %s any more, so it leaves the state. The %s is left alone.", id, object, other, object, other), idsChange)
}

// NotIdentified is the error of a change of an object that can't be told from others: knownID is its id in state, id the VM that has no
// configuration, which is another one where it only may be the object, and condition its connection state, empty where vCenter tells none.
func NotIdentified(object, knownID, id, condition string) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("vCenter can't read the configuration of %s", beside(object, knownID, id)),
		fmt.Sprintf("%s %s Nothing was changed.", unreadable(condition),
			mayBe(object, knownID, id, fmt.Sprintf("Whether it still is the %s can't be told without its instance UUID.", object))),
		remedy(condition)+", then apply again. To give it up instead, run \""+Command("state rm")+"\" and remove the VM in vCenter.")
}

// KeptUnread is the warning of a refresh that could not read an object: what the state knows of it stays. For the parameters see
// [NotIdentified].
func KeptUnread(object, knownID, id, condition string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("vCenter can't read the configuration of %s", beside(object, knownID, id)),
		fmt.Sprintf("%s %s", unreadable(condition), mayBe(object, knownID, id, fmt.Sprintf("That is no proof of a change, so the %s stays in the state as it was.", object))),
		"Until vCenter can read it, the resource can't be changed or destroyed. "+remedy(condition)+".")
}

// PoliciesUnread is the warning of a refresh that could not read the storage policies of an object, which is given in words: "VM \"web\"".
func PoliciesUnread(object string, err error) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The storage policies of %s can't be read", object),
		Creation{Platform: VSphere}.saidBy(err),
		"What the state knows of them stays. Reading them needs the privilege StorageProfile.View on the root of the inventory, and vCenter's "+
			"service of storage policies to run.")
}

// mayBe says of an unreadable VM with another id than the object's that it may be the object, else what otherwise says.
func mayBe(object, knownID, id, otherwise string) string {
	if id == knownID {
		return otherwise
	}

	return fmt.Sprintf("It may be the former %[2]s, which vCenter finds neither by that id nor by its instance UUID. That is no proof that the "+
		"%[1]s is gone, so its state is as it was.", object, knownID)
}

// NotReadNow is the warning of a data source that could not read all of an object.
func NotReadNow(id, condition string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("vCenter can't read the configuration of %s", id),
		unreadable(condition)+" What only the configuration tells is null.")
}

func unreadable(condition string) string {
	if condition == "" || condition == "connected" {
		return "The VM has no configuration at present, as early in its creation."
	}

	return strings.TrimSuffix(unreachable(condition), ".") + ", so that vCenter has no configuration of it."
}

// unreachable says in a sentence that a VM is in a connection state (VirtualMachineConnectionState).
func unreachable(condition string) string { return fmt.Sprintf("The VM is %s.", condition) }

// remedy says what brings a VM back from a connection state, as the beginning of a sentence.
func remedy(condition string) string {
	switch condition {
	case "disconnected":
		return "Connect its host to vCenter again"
	case "inaccessible":
		return "Bring back the datastore that has its files"
	case "orphaned":
		return "Register it on its host again, which does not know it any more"
	case "invalid":
		return "Restore its configuration file, which can't be read"
	default:
		return "Bring the VM's host and datastore back"
	}
}

// beside returns a VM in words with its id, or the id alone of a VM that only may be the object, or that the object belongs to.
func beside(object, knownID, id string) string {
	if id != knownID || !strings.HasPrefix(object, "VM ") || strings.HasSuffix(object, id) {
		return id
	}

	return fmt.Sprintf("%s (%s)", object, id)
}

// MovedMeanwhile is the error of a change whose plan knew the object under another id.
func MovedMeanwhile(object, beforeID, nowID string) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("%s is %s now", beforeID, nowID),
		fmt.Sprintf("By its instance UUID, the %s is still there, but its id has changed since the plan. Nothing was changed.", object),
		"Apply again: the refresh takes the new id into the state.")
}

// FormerID is the warning of a configuration that names a VM by an id which it had before: object belongs to the VM, which has the id
// nowID now.
func FormerID(at path.Path, object, formerID, nowID string) diag.Diagnostic {
	return report(diag.SeverityWarning, at, fmt.Sprintf("%s is %s now", formerID, nowID),
		fmt.Sprintf("The VM of the %s has another managed object id than the configuration says. Nothing is replaced.", object),
		fmt.Sprintf("Write %q in the configuration, or refer to the resource or data source that has the id.", nowID))
}

// FormerIDOfAnother is the error of a configuration that names a VM by an id which is another VM's now: other is that VM in words.
func FormerIDOfAnother(at path.Path, object, formerID, other, nowID string) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("%s is another VM now", formerID),
		fmt.Sprintf("It is the id of the %s. The VM of the %s is %s now.", other, object, nowID), idsChange,
		fmt.Sprintf("Write %q in the configuration, or refer to the resource or data source that has the id.", nowID))
}

// NotFollowed is the warning of a refresh that found the VM of an object under another id, but not the object.
func NotFollowed(object, beforeID, nowID string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The %s was not found again", object),
		fmt.Sprintf("Its VM is %s now and was %s. It was registered once more, and there its snapshots got other ids. None of them can be "+
			"told to be this one by name, time and place in the tree. The resource stays in the state as it was.", nowID, beforeID),
		"Import the right one into the resource after \""+Command("state rm")+"\", or destroy the resource: a snapshot that is not found is not removed.")
}

// NotFoundToRemove is the warning of a destroy that found the VM of an object under another id, but not the object: it is left where it may be.
func NotFoundToRemove(object, beforeID, nowID string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The %s was not found again, and not removed", object),
		fmt.Sprintf("Its VM is %s now and was %s. It was registered once more, and there its snapshots got other ids. None of them can be "+
			"told to be this one by name, time and place in the tree. The resource leaves the state.", nowID, beforeID),
		"If the snapshot is still there, remove it in vCenter.")
}

// PartnerMissing is the warning of a refresh that finds a member of a pair whose other member is not in vCenter's inventory at present.
func PartnerMissing(object, id string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The partner of %s is not registered", id),
		fmt.Sprintf("vCenter has one VM of the pair only. That is no proof of its end, so the %s stays in the state as it was.", object),
		"Register the other VM again, or turn fault tolerance off in vCenter.")
}
