package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// VolumesNotAdopted is the warning of an import of a machine with data volumes, which the import leaves alone. object names the
// machine in words; at is the attribute that would have listed the volumes, by their uuids.
func VolumesNotAdopted(at path.Path, object string, volumes []string) diag.Diagnostic {
	return report(diag.SeverityWarning, at, "The data volumes of "+object+" are not imported",
		"Nobody can tell which of them were cloned with it, so none is the resource's:", indented(volumes...),
		"A destroy of the resource, or its replacement, detaches and keeps them. Delete those that nobody needs in ZStack then.")
}

// DestroyedInPart is the warning of a refresh that finds a machine destroyed and something there that a destroy of its resource would
// have taken away too. object names the machine in words, left what there is.
func DestroyedInPart(object string, left []string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), upperFirst(object)+" is destroyed, but something of it is left",
		fmt.Sprintf("It was destroyed outside %s, or by a run that was killed. ZStack still has %s.", product(), strings.Join(left, " and ")),
		"The next apply or destroy takes that away, as a destroy of this resource always does; a plan calls it a replacement.",
		"To keep a data volume, attach it to another machine first. To keep all of it, recover the machine, or have "+product()+" forget it "+
			"by "+Command("state rm")+".")
}
