// Command bare is the bare provider that the bench measures the engine's floor with.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench/bare"
)

// shape is the file of the provider's shape, set by the build: -ldflags "-X main.shape=schema.json".
var shape string

func main() {
	read, err := bare.ReadShape(shape)
	if err != nil {
		log.Fatal(err)
	}
	err = providerserver.Serve(context.Background(), func() provider.Provider { return bare.New(read) },
		providerserver.ServeOpts{Address: bare.Address, ProtocolVersion: 6})
	if err != nil {
		log.Fatal(err)
	}
}
