package conn

import (
	"context"
	"strconv"
	"strings"

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
