package bare

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Shape is what a provider offers: its part of what `terraform providers schema -json` prints.
type Shape struct {
	Provider    schemaShape            `json:"provider"`
	Resources   map[string]schemaShape `json:"resource_schemas"`
	DataSources map[string]schemaShape `json:"data_source_schemas"`
	Identities  map[string]struct {
		Attributes map[string]struct{} `json:"attributes"`
	} `json:"resource_identity_schemas"`
}

type schemaShape struct {
	Block struct {
		Attributes map[string]attributeShape `json:"attributes"`
	} `json:"block"`
}

type attributeShape struct {
	Type   json.RawMessage `json:"type"`
	Nested *struct {
		Attributes map[string]attributeShape `json:"attributes"`
		Mode       string                    `json:"nesting_mode"`
	} `json:"nested_type"`
	Required  bool `json:"required"`
	Optional  bool `json:"optional"`
	Computed  bool `json:"computed"`
	Sensitive bool `json:"sensitive"`
	WriteOnly bool `json:"write_only"`
}

var errNoShape = errors.New("the file describes no single provider")

// ReadShape reads the shape of the one provider that a file describes.
func ReadShape(file string) (Shape, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Shape{}, fmt.Errorf("reading a shape: %w", err)
	}
	var described struct {
		Providers map[string]Shape `json:"provider_schemas"`
	}
	if err := json.Unmarshal(text, &described); err != nil {
		return Shape{}, fmt.Errorf("reading a shape: %w", err)
	}
	for _, shape := range described.Providers {
		if len(described.Providers) == 1 {
			return shape, nil
		}
	}

	return Shape{}, fmt.Errorf("%s: %w", file, errNoShape)
}
