// Provider-schema prints the provider's schema in the JSON form of `terraform providers schema -json`, which the
// documentation generator reads, without a CLI: it asks the provider itself.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider"
)

// key is what the documentation generator looks for: it knows a provider by its short name or as one of HashiCorp's.
// The CLI prints the full address here.
const key = "vmfork"

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	server := providerserver.NewProtocol6(provider.New("schema"))()

	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return fmt.Errorf("asking the provider for its schemas: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return fmt.Errorf("asking the provider for its identity schemas: %w", err)
	}
	for _, found := range append(schemas.Diagnostics, identities.Diagnostics...) {
		if found.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("the provider's schema is wrong: %s: %s", found.Summary, found.Detail)
		}
	}

	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document{
		FormatVersion: "1.0",
		Providers:     map[string]providerJSON{key: newProvider(schemas, identities)},
	}); err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}

	return nil
}
