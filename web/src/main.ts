import { mount } from 'svelte'
import App from './App.svelte'
// What nearly every page is made of travels with the entry: one file weighs less than ten.
import './kit/Avatar.svelte'
import './kit/Button.svelte'
import './kit/EmptyState.svelte'
import './kit/ErrorState.svelte'
import './kit/Load.svelte'
import './lib/client-words'
import './lib/dates-first'
import './lib/signed-fetch'
import './shell/OfflineBanner.svelte'
import { router } from './router.svelte'

router.start()

const target = document.getElementById('app')
if (target) mount(App, { target })
