package vcenter

import (
	"net/http"
	"strings"
)

// listSpecs answers GET /api/vcenter/guest/customization-specs.
func (s *restAPI) listSpecs(*restCall) (int, any, *problem) {
	summaries := []map[string]any{}
	for _, item := range s.specs.all() {
		summaries = append(summaries, map[string]any{
			"name": item.Info.Name, "description": item.Info.Description, "os_type": strings.ToUpper(item.Info.Type),
			"last_modified": item.Info.LastUpdateTime.UTC().Format(timeFormat),
		})
	}

	return http.StatusOK, summaries, nil
}

// getSpec answers GET /api/vcenter/guest/customization-specs/{name}.
func (s *restAPI) getSpec(c *restCall) (int, any, *problem) {
	item, ok := s.specs.find(c.params["name"])
	if !ok {
		return 0, nil, &problem{
			errorType: errorNotFound,
			messages:  []string{"The customization specification '" + c.params["name"] + "' was not found."},
		}
	}

	return http.StatusOK, map[string]any{
		"fingerprint":   item.Info.ChangeVersion,
		"last_modified": item.Info.LastUpdateTime.UTC().Format(timeFormat),
		"spec": map[string]any{
			"description": item.Info.Description,
			"spec": map[string]any{
				"configuration_spec": map[string]any{"linux_config": map[string]any{
					"domain": "example.com", "hostname": map[string]any{"type": "VIRTUAL_MACHINE"},
				}},
				"global_DNS_settings": map[string]any{},
				"interfaces":          []any{map[string]any{"adapter": map[string]any{"ipv4": map[string]any{"type": "DHCP"}}}},
			},
		},
	}, nil
}
