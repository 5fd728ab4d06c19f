// Command bare is the bare provider that the bench measures the engine's floor with.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench/bare"
)

func main() {
	err := providerserver.Serve(context.Background(), bare.New, providerserver.ServeOpts{Address: bare.Address, ProtocolVersion: 6})
	if err != nil {
		log.Fatal(err)
	}
}
