package tfdiag

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Account is one that asks a platform. Both parts may be empty.
type Account struct{ ID, Name string }

func (a Account) String() string {
	switch {
	case a.Name == "" || a.Name == a.ID:
		return a.ID
	case a.ID == "":
		return fmt.Sprintf("%q", a.Name)
	default:
		return fmt.Sprintf("%q (%s)", a.Name, a.ID)
	}
}

// NotVisible is the warning of a refresh that does not find an object which the account may not be allowed to see. before is the account
// that saw it last; its parts are empty where that is not known.
func (c Creation) NotVisible(now, before Account) diag.Diagnostic {
	who := fmt.Sprintf("The provider asks as the account %s.", now)
	if before.ID != "" && before.ID != now.ID {
		who += fmt.Sprintf(" The account that saw it last is %s.", before)
	}

	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("%s is not visible, and stays in state as it was", upperFirst(c.Object)),
		fmt.Sprintf("%s tells an account only of what it owns and of what is shared with it, so nothing found does not mean gone. %s", c.Platform, who),
		"Use the account that owns it, or share its machine with this one. If it is gone for certain, remove it from the state: "+Command("state rm")+".")
}

// OtherPlatform is the error of an object whose zone the connected platform does not have.
func (c Creation) OtherPlatform(zone string) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("%s belongs to another %s", upperFirst(c.Object), c.Platform),
		fmt.Sprintf("It is in the zone %s, which the %s that the provider is connected to does not have. So that its answers say nothing about "+
			"this object; nothing was changed, and the state stays as it was.", zone, c.Platform),
		"Check the provider's endpoint and the environment (ZSTACK_HOST, ZSTACK_PORT). If the object is gone with its platform for good, remove "+
			"it from the state: "+Command("state rm")+".")
}
