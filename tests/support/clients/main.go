// A picture by the client of openapi-generator's `go`, generated into ./client.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	atelier "example/atelier"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	configuration := atelier.NewConfiguration()
	configuration.Servers = atelier.ServerConfigurations{{URL: os.Getenv("ATELIER_URL")}}
	api := atelier.NewAPIClient(configuration).GenerationsAPI
	ctx := context.WithValue(context.Background(), atelier.ContextAccessToken, os.Getenv("ATELIER_API_KEY"))
	body := *atelier.NewGenerationRequest("a red apple")
	body.SetDimensions(*atelier.NewDimensions(64, 64))
	answer, _, err := api.Generate(ctx).GenerationRequest(body).Execute()
	check(err)
	accepted := answer.GenerationAccepted
	if accepted == nil {
		panic("not read as accepted")
	}
	found, _, err := api.GetProject(ctx, accepted.GenerationId).Execute()
	check(err)
	for tries := 0; tries < 200 && !found.IsTerminal; tries++ {
		time.Sleep(200 * time.Millisecond)
		found, _, err = api.GetProject(ctx, accepted.GenerationId).Execute()
		check(err)
	}
	file, err := http.Get(found.Images[0].Url)
	check(err)
	content, err := io.ReadAll(file.Body)
	check(err)
	fmt.Printf("{\"status\": %q, \"bytes\": %d}\n", found.Status, len(content))
}
