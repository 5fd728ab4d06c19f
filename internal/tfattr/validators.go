package tfattr

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/near"
)

// longestVMName is how many characters a name may have in vCenter.
const longestVMName = 80

var (
	diskKey        = regexp.MustCompile(`^\d+$`)
	macAddress     = regexp.MustCompile(`^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$`)
	vmwareAssigned = regexp.MustCompile(`^(?i)00:50:56:[4-9a-f]`)
	datastoreFile  = regexp.MustCompile(`^\[[^\[\]]+\] ?[^/\s].*[^/]$`)
)

// textRule validates one string.
type textRule struct {
	summary     string
	description string                   // as it follows "must be": "digits alone"
	problem     func(text string) string // what is wrong, as a sentence; empty when nothing is
}

// Description says what the text must be.
func (r textRule) Description(context.Context) string { return "must be " + r.description }

// MarkdownDescription says what the text must be.
func (r textRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateString checks a known value.
func (r textRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := r.problem(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, r.summary, fmt.Sprintf("%s %s must be %s.", problem, subject(req.Path), r.description))
	}
}

// subject names what a rule is about. An element of a set is told by its value, which the problem names already.
func subject(at path.Path) string {
	if last, _ := at.Steps().LastStep(); last != nil {
		if _, element := last.(path.PathStepElementKeyValue); element {
			return "Each of " + placeOf(at.ParentPath())
		}
	}

	return placeOf(at)
}

// OneOf returns a validator of a text that must be one of several.
func OneOf(texts ...string) validator.String {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = strconv.Quote(text)
	}

	return textRule{"Invalid value", "one of " + strings.Join(list, ", "), func(text string) string {
		if slices.Contains(texts, text) {
			return ""
		}

		return Quoted(text) + " is not allowed." + alike(text, texts)
	}}
}

// alike asks whether the one of the texts was meant that resembles it most; it is empty where none or several do.
func alike(text string, texts []string) string {
	if nearest := near.Names(text, texts); len(nearest) == 1 {
		return fmt.Sprintf(" Did you mean %s?", Quoted(nearest[0]))
	}

	return ""
}

// sharesForm is a level of shares or a number of them.
var sharesForm = regexp.MustCompile(`^(low|normal|high|[1-9]\d{0,6})$`)

// Shares returns a validator of a machine's part of a resource (SharesInfo): a level or a number.
func Shares() validator.String {
	return textRule{"Invalid shares", `"low", "normal", "high", or a number of shares`, func(text string) string {
		if sharesForm.MatchString(text) {
			return ""
		}

		return Quoted(text) + " is neither."
	}}
}

// Timeout returns a validator of a length of time in Go's notation, such as "90s" or "1h30m".
func Timeout() validator.String {
	return textRule{"Invalid duration", `a number with a unit (s, m or h), or several of them, such as "90s", "5m" or "1h30m"`, func(text string) string {
		if _, err := time.ParseDuration(text); err != nil {
			return Quoted(text) + " is no length of time."
		}

		return ""
	}}
}

// NotEmpty returns a validator that refuses a text of nothing but white space.
func NotEmpty() validator.String {
	return textRule{"Empty text", "a text that is not empty", func(text string) string {
		if strings.TrimSpace(text) == "" {
			return "The text is empty."
		}

		return ""
	}}
}

// Key returns a validator of a map's keys that refuses one of nothing but white space.
func Key() validator.String { return keyRule{} }

type keyRule struct{}

// Description says what the key must be.
func (keyRule) Description(context.Context) string { return "must be a text that is not empty" }

// MarkdownDescription says what the key must be.
func (r keyRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateString checks a key.
func (r keyRule) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if strings.TrimSpace(req.ConfigValue.ValueString()) == "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Empty key",
			fmt.Sprintf("A key of %s is empty. Each %s.", placeOf(req.Path.ParentPath()), r.Description(ctx)))
	}
}

// VMName returns a validator of the name of a vSphere VM: 1 to 80 characters, not only white space, no control
// characters that XML, and so vCenter's API, can't carry: another name would come back. The characters %, / and \ are fine: a name is literal in
// Terraform.
func VMName() validator.String {
	return textRule{"Invalid name", fmt.Sprintf("a name of 1 to %d characters", longestVMName), func(name string) string {
		length := utf8.RuneCountInString(name)
		switch {
		case strings.TrimSpace(name) == "":
			return "The name is empty."
		case length > longestVMName:
			return fmt.Sprintf("The name has %d characters.", length)
		case strings.ContainsFunc(name, beyondXML):
			return fmt.Sprintf("The name %+q has a control character that vCenter's API can't carry.", name)
		default:
			return ""
		}
	}}
}

// beyondXML reports whether XML 1.0 has no way to write a character.
func beyondXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF'
}

// DiskKey returns a validator of a virtual disk's device key: digits, such as "2000".
func DiskKey() validator.String {
	return textRule{"Invalid disk key", `a disk's device key, digits such as "2000". The data source ` +
		"vmfork_vsphere_virtual_machine lists a VM's disks by key, with their labels", func(key string) string {
		if diskKey.MatchString(key) {
			return ""
		}

		return Quoted(key) + " is no disk key."
	}}
}

// InventoryPath returns a validator of a vSphere inventory path, such as "/DC0/vm/web".
func InventoryPath() validator.String {
	return textRule{"Invalid inventory path", `an inventory path from the root, such as "/DC0/vm/web"`, func(text string) string {
		switch {
		case !strings.HasPrefix(text, "/"):
			return Quoted(text) + " does not begin with a slash."
		case text != "/" && strings.HasSuffix(text, "/"):
			return Quoted(text) + " ends in a slash."
		default:
			return ""
		}
	}}
}

// UUID returns a validator of UUIDs in their usual form, upper or lower case.
func UUID() validator.String {
	return textRule{"Invalid UUID", `a UUID, such as "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1"`, func(text string) string {
		if uuidText.MatchString(text) {
			return ""
		}

		return Quoted(text) + " is no UUID."
	}}
}

// MACAddress returns a validator of a MAC address in its usual form: "00:50:56:12:34:56". It warns of VMware's own addresses above
// 00:50:56:3f:ff:ff, which are not for fixed ones.
func MACAddress() validator.String {
	return macAddressRule{textRule{"Invalid MAC address", `a MAC address, such as "00:50:56:12:34:56"`, func(text string) string {
		if macAddress.MatchString(text) {
			return ""
		}

		return Quoted(text) + " is no MAC address."
	}}}
}

// IPAddress returns a validator of an IP address: "192.0.2.7".
func IPAddress() validator.String {
	return textRule{"Invalid IP address", `an IP address, such as "192.0.2.7"`, func(text string) string {
		if _, err := netip.ParseAddr(text); err == nil {
			return ""
		}

		return Quoted(text) + " is no IP address."
	}}
}

var deviceNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})$`)

// DeviceNumber returns a validator of the number of a device on a ZStack machine: "0".
func DeviceNumber() validator.String {
	return textRule{"Invalid device id", `a device id, such as "0"`, func(text string) string {
		if deviceNumber.MatchString(text) {
			return ""
		}

		return Quoted(text) + ` is no device id, such as "0".`
	}}
}

// macAddressRule warns of an address, besides refusing what is none: a VM that has one already may keep it.
type macAddressRule struct{ textRule }

// ValidateString checks a known value.
func (r macAddressRule) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	r.textRule.ValidateString(ctx, req, resp)
	if text := req.ConfigValue.ValueString(); macAddress.MatchString(text) && vmwareAssigned.MatchString(text) {
		resp.Diagnostics.AddAttributeWarning(req.Path, "MAC address of vCenter's own", Quoted(text)+" is one that vCenter assigns. Of "+
			"VMware's addresses, 00:50:56:00:00:00 to 00:50:56:3f:ff:ff are for fixed ones; a host may refuse to power on a machine that has "+
			"another.")
	}
}

// DatastoreFile returns a validator of the path of a file on a datastore: "[datastore1] web/serial.log".
func DatastoreFile() validator.String {
	return textRule{
		"Invalid datastore path", `the path of a file on a datastore, such as "[datastore1] web/serial.log"`,
		func(text string) string {
			if datastoreFile.MatchString(text) {
				return ""
			}

			return Quoted(text) + " is no such path."
		},
	}
}
