package tfdiag

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// InRecycleBin is the error of a data source's selector that fits only objects that ZStack keeps in its recycle bin; it lists
// them.
func InRecycleBin(at path.Path, what, value string, found []Candidate) diag.Diagnostic {
	return report(diag.SeverityError, at, "No such "+what,
		fmt.Sprintf("Every %s with the %s %q is destroyed:\n%s", what, at, value, candidateLines(found)),
		fmt.Sprintf("ZStack keeps a destroyed %s in its recycle bin for some time. Recover it there, or select another.", what))
}
