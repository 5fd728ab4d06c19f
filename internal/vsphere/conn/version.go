package conn

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/vim25"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// AtLeast reports whether vCenter's API has this version or a newer one. It needs no request after the first call.
func (c *Conn) AtLeast(ctx context.Context, version string) (bool, error) {
	content, err := c.Content(ctx)
	if err != nil {
		return false, err
	}

	return compareVersions(content.About.ApiVersion, version) >= 0, nil
}

// knownVersion returns the newest version of the API that vCenter and this client know: what a request says that it is written in.
func knownVersion(there string) string {
	if there == "" || compareVersions(there, vim25.Version) > 0 {
		return vim25.Version
	}

	return there
}

// versionsPath is where vCenter tells which versions of the API it knows.
const versionsPath = "/sdk/vimServiceVersions.xml"

// learnVersion asks vCenter for its version (GET /sdk/vimServiceVersions.xml), and reports whether it told one that is not in use yet. The
// first question, of what vCenter is, goes out in the newest version that this client knows: most answer that also where it is too new for
// them, and tell their own with the answer. One that does not answers a fault, failed.
func (c *Conn) learnVersion(ctx context.Context, failed error) bool {
	if _, _, fault := soapFault(failed); !fault {
		return false
	}
	address := url.URL{Scheme: c.endpoint.Scheme, Host: c.endpoint.Host, Path: versionsPath}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), http.NoBody)
	if err != nil {
		return false
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	var told struct {
		Version string `xml:"namespace>version"`
	}
	if answer.StatusCode != http.StatusOK || xml.NewDecoder(answer.Body).Decode(&told) != nil || told.Version == "" {
		return false
	}
	before := c.soap.Version
	c.soap.Version = knownVersion(told.Version)

	return c.soap.Version != before
}

// Require is an error of kind Unsupported when vCenter's API is older than a version.
func (c *Conn) Require(ctx context.Context, what httpapi.Call, version string) error {
	content, err := c.Content(ctx)
	if err != nil {
		return err
	}

	return tooOld(what, content.About.ApiVersion, version)
}

// tooOld is an error when the version that is there is older than the one that is needed.
func tooOld(c httpapi.Call, there, needed string) error {
	if compareVersions(there, needed) >= 0 {
		return nil
	}
	failure := c.Error(apierr.Unsupported, apierr.CodeVersionTooOld)
	failure.Arguments = []string{needed, there}

	return failure
}

// compareVersions compares dotted numbers; a part that is missing or no number counts as 0.
func compareVersions(a, b string) int {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(left), len(right)) {
		if l, r := versionPart(left, i), versionPart(right, i); l != r {
			return l - r
		}
	}

	return 0
}

func versionPart(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	number, err := strconv.Atoi(parts[i])
	if err != nil {
		return 0
	}

	return number
}
