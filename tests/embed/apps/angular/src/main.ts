// A portal in Angular: the film is a property, the reading an event.

import { CUSTOM_ELEMENTS_SCHEMA, Component, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import "@lungfield/reader/define";

const heard: [string, unknown][] = [];
Object.assign(globalThis, { heard });

@Component({
  selector: "portal-root",
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <input type="file" (change)="choose($event)" />
    <lungfield-reader assets="lungfield/" [film]="film()" (lungfield-reading)="read($event)"></lungfield-reader>
  `,
})
class Portal {
  readonly film = signal<File | null>(null);

  choose(event: Event) {
    this.film.set((event.target as HTMLInputElement).files?.[0] ?? null);
  }

  read(event: Event) {
    heard.push(["reading", (event as CustomEvent).detail]);
  }
}

bootstrapApplication(Portal, { providers: [provideZonelessChangeDetection()] }).catch((error) => console.error(error));
