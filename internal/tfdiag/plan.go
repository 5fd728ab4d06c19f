package tfdiag

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Reference is an object that an argument names.
type Reference struct {
	Attribute path.Path // the argument
	What      string    // what it should be, in words: "datastore", "source VM", "customization spec"
	ID        string    // what the argument says: "datastore-12"
	Name      string    // of the object, empty where it is not known
	Platform  Platform
}

// MissingObject is the error of a plan whose argument names an object that does not exist.
func MissingObject(ref Reference) diag.Diagnostic {
	return report(diag.SeverityError, ref.Attribute, fmt.Sprintf("There is no %s %q", ref.What, ref.ID),
		fmt.Sprintf("%s knows no such %s, or the user may not see it. Check %s, and that nobody deleted the object outside "+
			"%s.", ref.Platform, ref.What, ref.Attribute, product()))
}

// Named returns how texts name an object whose id they have: by name and id, or by id alone where the name is not known.
func Named(name, id string) string {
	if name == "" {
		return id
	}

	return fmt.Sprintf("%q (%s)", name, id)
}

// named returns how texts name the object that an argument names.
func (r Reference) named() string {
	if r.Name == "" {
		return fmt.Sprintf("%q", r.ID)
	}

	return Named(r.Name, r.ID)
}

// UnreachableVM is the error of a plan whose argument names a VM that vCenter does not reach. condition is its connection state.
func UnreachableVM(ref Reference, condition string) diag.Diagnostic {
	return report(diag.SeverityError, ref.Attribute, fmt.Sprintf("The %s %s can't be used now", ref.What, ref.named()),
		unreachable(condition)+" Nothing was changed.", sentence(remedy(condition)+fmt.Sprintf(", or give another %s", ref.What)))
}

// UnusableObject is the error of a plan whose argument names an object that exists but can't be used now. reason says why,
// as a clause: "it is not accessible", "it is in maintenance mode".
func UnusableObject(ref Reference, reason string) diag.Diagnostic {
	return report(diag.SeverityError, ref.Attribute, fmt.Sprintf("The %s %s can't be used now", ref.What, ref.named()),
		sentence(fmt.Sprintf("%s says that %s", ref.Platform, reason)),
		fmt.Sprintf("Put that right, or give another %s.", ref.What))
}

// UnknownDisk is the error of an argument that names a disk which the source does not have: source is [Named]. known are the keys of the
// disks that it has, each with its label: {"2000": "Hard disk 1"}.
func UnknownDisk(at path.Path, source, key string, known map[string]string) diag.Diagnostic {
	return UnknownDevice(at, source, "disk", key, known)
}

// UnknownDevice is the error of an argument that names a device which the source does not have. what is the kind of device
// ("network interface"); source is [Named]; known are the keys of those that it has, each with its label.
func UnknownDevice(at path.Path, source, what, name string, known map[string]string) diag.Diagnostic {
	text := fmt.Sprintf("%s has no %ss.", source, what)
	var list string
	if len(known) > 0 {
		by := "their device key"
		if what != "disk" {
			by += " or their label"
		}
		text = fmt.Sprintf("%ss are named by %s. %s has these:", upperFirst(what), by, source)
		lines := make([]string, 0, len(known))
		for key, label := range known {
			lines = append(lines, strings.TrimRight(fmt.Sprintf("%q  %s", key, label), " "))
		}
		slices.Sort(lines)
		list = indented(lines...)
	}

	return report(diag.SeverityError, at, fmt.Sprintf("%s has no %s %q", source, what, name), text, list)
}

// RemovedDevice is the error of a plan that would change a device which the machine does not have, and which the platform gives it at
// creation only. of is the machine in words; what, name and known are as in [UnknownDevice].
func RemovedDevice(at path.Path, of, what, name string, known map[string]string) diag.Diagnostic {
	has := fmt.Sprintf("It has no %ss.", what)
	var list string
	if len(known) > 0 {
		has = fmt.Sprintf("It has these %ss:", what)
		lines := make([]string, 0, len(known))
		for key, label := range known {
			lines = append(lines, strings.TrimRight(fmt.Sprintf("%q  %s", key, label), " "))
		}
		slices.Sort(lines)
		list = indented(lines...)
	}

	return report(diag.SeverityError, at, fmt.Sprintf("%s has no %s %q", of, what, name),
		fmt.Sprintf("The machine got its devices from its source when it was made. This one was removed outside %s, or never was "+
			"there, and an apply can't add it.", product()), has, list,
		fmt.Sprintf("Attach the %s to the machine again, take %s out of the configuration, or have the machine made anew: %s "+
			"marks it for that.", what, at, Command("taint")))
}

// NoHost is the error of a placement in a cluster without DRS none of whose hosts can run the machine; reasons has one a host, as a
// clause.
func NoHost(at path.Path, cluster string, reasons []string) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("No host of %s can run the machine", cluster),
		"The cluster has no DRS, which would choose one, and of its hosts:", indented(reasons...),
		"Put that right, or set placement to another cluster, host or datastore.")
}

// UnsupportedDevices is the error of a plan whose source has devices that keep it from being instant cloned; each is a line. source is [Named].
func UnsupportedDevices(at path.Path, source string, devices []string) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("The source VM %s has devices that an instant clone can't share", source),
		"They are part of one machine's hardware and can't be in two places:", indented(devices...),
		"Take them out of the source, or clone it in full.")
}

// SharedNetworkIdentity is the warning of a plan whose instant clone has network interfaces that stay connected to the network
// of the source, which is [Named]; each is a line.
func SharedNetworkIdentity(at path.Path, source string, interfaces []string) diag.Diagnostic {
	return report(diag.SeverityWarning, at, fmt.Sprintf("Source %s and instant clone would share a network identity", source),
		"The guest of an instant clone wakes up with its source's IP addresses and host name. These cards stay connected to the "+
			"network that the source is on:", indented(interfaces...),
		"Give them another network_id, or set connected = false until the guest has an identity of its own.")
}

// Caution is the warning of a plan that would do what it says, but maybe not what is meant. why is one sentence or several.
func Caution(at path.Path, summary, why string) diag.Diagnostic {
	return report(diag.SeverityWarning, at, summary, sentence(why))
}

// ReplacedAfterImport is the warning of a plan that replaces an object which was imported, for an argument that no apply has written down.
func ReplacedAfterImport(at path.Path, object string) diag.Diagnostic {
	return report(diag.SeverityWarning, at, "This replaces "+object+", which was imported",
		"Nothing tells how the object was made, and an apply since its import had nothing to write down for this argument. "+
			"A value that is set now replaces the object, as it does for any other.",
		"To keep the object, remove the argument; or take the object out of the state and import it again: the first apply after an import "+
			"writes down what the configuration says.")
}

// Conflict is the error of arguments that the schema takes one by one but that exclude one another. why is one sentence
// or several.
func Conflict(at path.Path, summary, why string) diag.Diagnostic {
	return report(diag.SeverityError, at, summary, sentence(why))
}

// NoEffect is the warning of a plan whose argument the platform accepts and ignores in the present state. why is one
// sentence or several.
func NoEffect(at path.Path, summary, why string) diag.Diagnostic {
	return report(diag.SeverityWarning, at, summary, sentence(why))
}

// PlanCheckSkipped is the warning that a check against the live inventory was left out of the plan, because the platform
// could not be asked: the apply will find out by itself. what is the check in words: "that the name is free".
func PlanCheckSkipped(platform Platform, what string, err error) diag.Diagnostic {
	var advice string
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		advice = connectionAdvice(platform.words(), failure)
	}

	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("Could not check %s", what),
		Creation{Platform: platform}.saidBy(err), advice,
		"The plan goes on without this check; apply finds out.")
}

// IfReplaced returns warnings about the replacement of an object for a plan with -replace, which does not tell the provider what it replaces.
func IfReplaced(found diag.Diagnostics) diag.Diagnostics {
	warnings := make(diag.Diagnostics, 0, len(found))
	for _, each := range found {
		warnings.Append(report(diag.SeverityWarning, path.Empty(), each.Summary(), each.Detail(),
			"-replace names a resource of this type. Where it does not name this one, nothing of it is replaced."))
	}

	return warnings
}

// ForNow returns the diagnostics of a plan with warnings in place of errors: the apply checks once more before it creates anything.
func ForNow(found diag.Diagnostics) diag.Diagnostics {
	warnings := make(diag.Diagnostics, 0, len(found))
	for _, each := range found {
		if each.Severity() == diag.SeverityError {
			var at path.Path
			if on, ok := each.(diag.DiagnosticWithPath); ok {
				at = on.Path()
			}
			warning := report(diag.SeverityWarning, at, each.Summary(), each.Detail(),
				"This is a warning as long as nothing is created: the apply checks it again, and fails before it asks for anything.")
			if refused, ok := each.(Refused); ok {
				warning = Refused{warning, refused.Platform}
			}
			each = warning
		}
		warnings.Append(each)
	}

	return warnings
}

// NeedsPowerOff is the error of a plan that changes what the platform changes of a machine only while it is off; of is the machine in words,
// what is what changes: "the mode of the disk 2000".
func NeedsPowerOff(at path.Path, of, what string) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("%s must be off for this", upperFirst(of)),
		sentence(fmt.Sprintf("vSphere does not change %s while the machine runs", what)),
		"Apply with power_on = false first, or power the machine off, and let another apply power it on again; or have it made anew: "+
			Command("taint")+" marks it for that.")
}
